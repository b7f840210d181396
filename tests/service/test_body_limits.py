import asyncio
import json

import httpx
import pytest

from tests.service.articles import article

pytestmark = pytest.mark.anyio
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit(client: httpx.AsyncClient, declared: bool):
    async def parts():
        for _ in range(5):
            yield b" " * 1_000_000

    content = b" " * 5_000_000 if declared else parts()
    answer = await client.post("/v1/jobs", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["limit"] == 4 * 1024 * 1024
    assert answer.json().get("given") == (5_000_000 if declared else None)


@pytest.mark.parametrize("bomb", [b"[]", b"{}", b'""', b"0"])
async def test_a_body_of_a_million_values_is_not_read(client: httpx.AsyncClient, bomb: bytes):
    content = b"[" + (bomb + b",") * 1_000_000 + bomb + b"]"
    answer = await client.post("/v1/jobs", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_invalid")
    assert "commas" in answer.json()["detail"]


async def test_an_article_of_many_commas_is_read(client: httpx.AsyncClient):
    text = "One, two, three, four, and so on. " * 20_000
    answer = await client.post("/v1/jobs", json=article(text=text))
    assert answer.status_code == 202


async def test_a_body_that_stops_is_answered(client: httpx.AsyncClient, app):
    async def parts():
        yield json.dumps(article()).encode()[:-1]
        await asyncio.sleep(60)
        yield b"}"

    layer = app.build_middleware_stack()
    while not hasattr(layer, "_bytes_per_second"):
        layer = getattr(layer, "app", None) or layer._app
    layer._seconds = 0.2
    app.middleware_stack = layer
    answer = await client.post("/v1/jobs", content=parts(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (408, "too_slow")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("fields", [21, 2_000])
async def test_of_many_mistakes_some_are_told(client: httpx.AsyncClient, fields: int):
    body = {f"k{number}": 1 for number in range(fields)}
    answer = await client.post("/v1/jobs", json=body)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 20


async def test_a_field_made_up_is_named_briefly(client: httpx.AsyncClient):
    answer = await client.post("/v1/jobs", json={"k" * 1_000_000: 1})
    assert (answer.status_code, answer.json()["field"]) == (422, "k" * 100)
