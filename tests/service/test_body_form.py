import httpx
import pytest

from tests.service.articles import article

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/jobs/batch", "/v1/summaries/lookup"])
@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/jsonp", ""])
async def test_only_json_is_read(client: httpx.AsyncClient, path: str, kind: str):
    answer = await client.post(path, content=b"[]", headers={"Content-Type": kind})
    assert answer.status_code == 415
    assert answer.json()["code"] == "media_type_refused"
    assert answer.json()["field"] == "Content-Type"
    assert "application/json" in answer.json()["limit"]


async def test_lines_are_for_batches_only(client: httpx.AsyncClient):
    headers = {"Content-Type": "application/x-ndjson"}
    assert (await client.post("/v1/jobs", content=b"{}", headers=headers)).status_code == 415
    assert (await client.post("/v1/jobs/batch", content=b"{}", headers=headers)).status_code == 200


async def test_a_type_may_have_parameters_and_capitals(client: httpx.AsyncClient):
    headers = {"Content-Type": "Application/JSON ; charset=utf-8"}
    answer = await client.post("/v1/jobs", content=b"{}", headers=headers)
    assert answer.status_code == 422


async def test_a_compressed_body_is_not_read(client: httpx.AsyncClient):
    answer = await client.post("/v1/jobs", json=article(), headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415
    assert answer.json()["field"] == "Content-Encoding"
