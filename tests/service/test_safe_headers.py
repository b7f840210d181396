"""Every answer carries them: those of every route, the errors, and what is read from memory."""

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from khabar.settings import Settings
from khabar.store.ledger import Ledger
from service.app import create_app
from service.safe_headers import SAFE_HEADERS
from tests.service.articles import article, do_all_work

pytestmark = pytest.mark.anyio
STRICT = SAFE_HEADERS["content-security-policy"]
PAGES = ("/", "/docs", "/desk/desk.js", "/desk/swagger/swagger-ui.css")
ROUTES = sorted(
    (path, method.upper())
    for path, operations in create_app(Settings.model_construct()).openapi()["paths"].items()
    for method in operations
)


def missing(answer: httpx.Response) -> set[str]:
    return {name for name in SAFE_HEADERS if name not in answer.headers}


@pytest.mark.parametrize(("path", "method"), ROUTES)
async def test_every_route(client: httpx.AsyncClient, path: str, method: str):
    for value in ("0" * 32, "0" * 64, "nonsense"):
        target = path.replace("{job_id}", value).replace("{article_hash}", value)
        answer = await client.request(method, target.replace("{language}", "en"))
        assert answer.headers["content-security-policy"] == STRICT
        assert missing(answer) == set()


async def test_what_is_no_route(client: httpx.AsyncClient):
    answers = [
        await client.get("/nothing"),
        await client.put("/v1/jobs"),
        await client.get("/desk/nothing"),
        await client.get("/openapi.json"),
        await client.post("/v1/jobs", content=b"{", headers={"Content-Type": "application/json"}),
        await client.post("/v1/jobs", content=b"a=b"),
        await client.post("/v1/jobs", content=b" " * 5_000_000),
    ]
    assert [answer.status_code for answer in answers] == [404, 405, 404, 200, 400, 415, 415]
    assert [missing(answer) for answer in answers] == [set()] * len(answers)


@pytest.mark.parametrize("path", PAGES)
async def test_the_pages_have_a_policy_without_inline_scripts(client: httpx.AsyncClient, path: str):
    answer = await client.get(path)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert missing(answer) == set()


async def test_a_read_from_memory_and_its_304(
    app: FastAPI, client: httpx.AsyncClient, ledger: Ledger
):
    job = (await client.post("/v1/jobs", json=article())).json()
    do_all_work(ledger)
    path = f"/v1/summaries/{job['article_hash']}/en"
    first = await client.get(path)
    hits = app.state.resources.cache.hits
    again = await client.get(path)
    unchanged = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert app.state.resources.cache.hits == hits + 2
    assert (again.status_code, unchanged.status_code) == (200, 304)
    assert [missing(answer) for answer in (first, again, unchanged)] == [set()] * 3
    assert len(again.headers.get_list("x-content-type-options")) == 1


async def test_a_mistake_of_ours(app: FastAPI, client: httpx.AsyncClient):
    def broken(_: object) -> None:
        raise RuntimeError("broken")

    app.router.routes.insert(0, APIRoute("/broken", lambda: broken(None)))
    answer = await client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert missing(answer) == set()
