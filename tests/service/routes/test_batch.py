import json
import tracemalloc

import httpx
import pytest

from khabar.store.ledger import Ledger
from tests.service.articles import RUSSIAN_TEXT, article, do_all_work

pytestmark = pytest.mark.anyio
NDJSON = {"content-type": "application/x-ndjson"}


async def test_each_article_gets_a_job_or_an_error_of_its_own(client: httpx.AsyncClient):
    batch = [article(), {"text": ""}, {"text": RUSSIAN_TEXT}, "not an article", {"texxt": "x"}]
    answer = await client.post("/v1/jobs/batch", json=batch)
    assert answer.status_code == 200
    result = answer.json()
    assert (result["accepted"], result["refused"]) == (2, 3)
    assert [item["index"] for item in result["items"]] == [0, 1, 2, 3, 4]
    assert [item["status"] for item in result["items"]] == [202, 422, 202, 422, 422]
    assert result["items"][1]["error"]["code"] == "article_empty"
    assert "not an article" not in answer.text


async def test_ndjson_is_read_line_by_line(client: httpx.AsyncClient):
    lines = [json.dumps(article()), "{broken", json.dumps({"text": RUSSIAN_TEXT}), ""]
    answer = await client.post("/v1/jobs/batch", content="\n".join(lines), headers=NDJSON)
    assert [item["status"] for item in answer.json()["items"]] == [202, 400, 202]


@pytest.mark.parametrize("lines", [False, True])
async def test_half_of_a_surrogate_pair_is_one_articles_mistake(
    client: httpx.AsyncClient, lines: bool
):
    parts = [json.dumps(article()), '{"text": "half \\ud83d of a face"}']
    content = "\n".join(parts) if lines else f"[{','.join(parts)}]"
    headers = NDJSON if lines else {"content-type": "application/json"}
    items = (await client.post("/v1/jobs/batch", content=content, headers=headers)).json()["items"]
    assert [item["status"] for item in items] == [202, 422]
    assert items[1]["error"]["code"] == "text_not_unicode"


async def test_an_idempotency_key_of_a_batch_is_no_other(client: httpx.AsyncClient):
    empty = await client.post("/v1/jobs/batch", json=[article()], headers={"Idempotency-Key": " "})
    assert (empty.status_code, empty.json()["field"]) == (422, "Idempotency-Key")
    single = await client.post("/v1/jobs", json=article(), headers={"Idempotency-Key": "import#0"})
    assert single.status_code == 202
    batch = await client.post(
        "/v1/jobs/batch",
        json=[{"text": RUSSIAN_TEXT}],
        headers={"Idempotency-Key": "import"},
    )
    assert [item["status"] for item in batch.json()["items"]] == [202]


async def test_the_same_article_twice_is_two_jobs_and_one_computation(
    client: httpx.AsyncClient, ledger: Ledger
):
    batch = [article(languages=["en"]), article(languages=["en"])]
    items = (await client.post("/v1/jobs/batch", json=batch)).json()["items"]
    assert items[0]["job"]["id"] != items[1]["job"]["id"]
    assert do_all_work(ledger) == 1


async def test_an_idempotency_key_counts_per_article(client: httpx.AsyncClient):
    batch, headers = [article(), {"text": RUSSIAN_TEXT}], {"Idempotency-Key": "night"}
    first = (await client.post("/v1/jobs/batch", json=batch, headers=headers)).json()
    second = (await client.post("/v1/jobs/batch", json=batch, headers=headers)).json()
    ids = [[item["job"]["id"] for item in answer["items"]] for answer in (first, second)]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"{}", 400, "body_invalid"), (b"[1,", 400, "body_invalid"), (b"", 400, "body_invalid")],
)
async def test_a_body_that_is_no_list_is_told(
    client: httpx.AsyncClient, content: bytes, status: int, code: str
):
    answer = await client.post(
        "/v1/jobs/batch", content=content, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_too_many_articles_tells_the_limit_and_takes_none(
    client: httpx.AsyncClient, ledger: Ledger
):
    answer = await client.post("/v1/jobs/batch", json=[article()] * 1001)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (413, "too_large")
    assert (problem["limit"], problem["given"]) == (1000, 1001)
    assert do_all_work(ledger) == 0


async def test_no_more_lines_are_read_than_it_takes_to_refuse_them(client: httpx.AsyncClient):
    body = b"{\n" * 1_000_000
    tracemalloc.start()
    answer = await client.post("/v1/jobs/batch", content=body, headers=NDJSON)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (answer.status_code, answer.json()["limit"]) == (413, 1000)
    assert peak < 10 * len(body)


async def test_an_empty_batch_is_an_empty_answer(client: httpx.AsyncClient):
    answer = await client.post("/v1/jobs/batch", json=[])
    assert answer.json() == {"accepted": 0, "refused": 0, "items": []}
