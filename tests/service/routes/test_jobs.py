import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from khabar.store.ledger import Ledger
from tests.service.articles import RUSSIAN_TEXT, TEXT, article, do_all_work

pytestmark = pytest.mark.anyio


async def test_a_new_article_is_accepted_with_its_place(client: httpx.AsyncClient):
    answer = await client.post("/v1/jobs", json=article())
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}" == job["links"]["self"]
    assert answer.headers["retry-after"] == "1"
    assert job["state"] == "queued"
    assert job["source_language"] == "en"
    assert set(job["languages"]) == {"ar", "ru", "en"}
    assert {state["state"] for state in job["languages"].values()} == {"queued"}


async def test_the_summaries_come_with_the_job_when_they_are_made(
    client: httpx.AsyncClient, ledger: Ledger
):
    job = (await client.post("/v1/jobs", json=article())).json()
    assert do_all_work(ledger) == 3
    ended = (await client.get(job["links"]["self"])).json()
    assert ended["state"] == "done"
    assert "finished_at" in ended
    for code, language in ended["languages"].items():
        assert language["summary"]["language"] == code
        assert not language["cached"]


async def test_what_is_cached_comes_at_once(client: httpx.AsyncClient, ledger: Ledger):
    await client.post("/v1/jobs", json=article())
    do_all_work(ledger)
    again = await client.post("/v1/jobs", json=article(guid="another"))
    assert again.status_code == 200
    assert again.json()["state"] == "done"
    assert all(language["cached"] for language in again.json()["languages"].values())
    assert do_all_work(ledger) == 0


async def test_only_the_languages_asked_for_are_made(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    assert set(job["languages"]) == {"en"}
    assert do_all_work(ledger) == 1


async def test_prefer_wait_holds_the_request_until_the_end(
    client: httpx.AsyncClient, ledger: Ledger
):
    async def work() -> None:
        await asyncio.sleep(0.3)
        await asyncio.to_thread(do_all_work, ledger)

    working = asyncio.create_task(work())
    answer = await client.post("/v1/jobs", json=article(), headers={"Prefer": "wait=10"})
    await working
    assert answer.status_code == 200
    assert answer.headers["preference-applied"] == "wait=10"
    assert answer.json()["state"] == "done"


async def test_prefer_wait_ends_with_the_time_given(client: httpx.AsyncClient):
    answer = await client.post("/v1/jobs", json=article(), headers={"Prefer": "wait=1"})
    assert answer.status_code == 202


async def test_an_idempotency_key_is_one_job(client: httpx.AsyncClient):
    headers = {"Idempotency-Key": "abc"}
    first = await client.post("/v1/jobs", json=article(), headers=headers)
    second = await client.post("/v1/jobs", json=article(), headers=headers)
    assert first.json()["id"] == second.json()["id"]
    other = await client.post("/v1/jobs", json=article(length="long"), headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_mismatch"
    blank = await client.post("/v1/jobs", json=article(), headers={"Idempotency-Key": " "})
    assert blank.json()["code"] == "field_invalid"


async def test_cancel(client: httpx.AsyncClient, ledger: Ledger):
    job = (await client.post("/v1/jobs", json=article())).json()
    cancelled = await client.delete(job["links"]["self"])
    assert cancelled.json()["state"] == "cancelled"
    assert do_all_work(ledger) == 0
    assert (await client.get(job["links"]["self"])).json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("sent", "status", "code", "field"),
    [
        ({"text": ""}, 422, "article_empty", "text"),
        ({"text": "123 456"}, 422, "article_empty", "text"),
        ({"headline": "Only a headline"}, 422, "field_invalid", "text"),
        ({"text": TEXT, "html": "<p>both</p>"}, 422, "field_invalid", "text"),
        ({"text": TEXT, "languages": []}, 422, "field_invalid", "languages"),
        ({"text": TEXT, "languages": ["de"]}, 422, "field_invalid", "languages.0"),
        ({"text": TEXT, "language": "ru"}, 422, "field_invalid", "language"),
        ({"text": TEXT, "recipe": "none-such"}, 422, "recipe_unknown", "recipe"),
        ({"text": TEXT, "recipe": "xlsum"}, 422, "licence_refused", "recipe"),
        ({"text": TEXT, "lenght": "short"}, 422, "field_invalid", "lenght"),
        ({"text": ["not text"]}, 422, "field_invalid", "text"),
        ({"text": "The committee met \ud800 on Monday."}, 422, "text_not_unicode", "text"),
        (
            {"text": "Die Regierung hat am Montag in Berlin neue Regeln für den Verkehr "
             "beschlossen, die ab dem kommenden Jahr gelten sollen."},
            422,
            "language_unsupported",
            "text",
        ),
        ({"text": "a" * (1024 * 1024 + 1)}, 413, "too_large", "text"),
    ],
)  # fmt: skip
async def test_bad_input_is_told_by_field_and_never_echoed(
    client: httpx.AsyncClient, sent: dict, status: int, code: str, field: str
):
    import json

    answer = await client.post(
        "/v1/jobs", content=json.dumps(sent), headers={"content-type": "application/json"}
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["field"] == field
    assert problem["status"] == status
    assert problem["detail"].endswith(".")
    assert "not text" not in answer.text
    assert "Regierung" not in answer.text


async def test_a_body_that_is_not_json_is_told(client: httpx.AsyncClient):
    answer = await client.post(
        "/v1/jobs", content=b"{broken", headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "body_invalid")


async def test_a_body_over_the_limit_tells_the_limit(client: httpx.AsyncClient):
    body = b'{"text": "' + b"a" * (5 * 1024 * 1024) + b'"}'

    async def in_chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65_536):
            yield body[start : start + 65_536]

    for content, given in ((body, len(body)), (in_chunks(), None)):
        answer = await client.post(
            "/v1/jobs", content=content, headers={"content-type": "application/json"}
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (413, "too_large")
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["limit"] == 4 * 1024 * 1024
        assert problem.get("given") == given


async def test_unknown_jobs_and_paths_are_problems(client: httpx.AsyncClient):
    unknown = await client.get("/v1/jobs/" + "0" * 32)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "job_unknown")
    malformed = await client.get("/v1/jobs/x")
    assert (malformed.status_code, malformed.json()["field"]) == (422, "path.job_id")
    nowhere = await client.get("/v2/jobs")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "page_unknown")
    wrong_way = await client.put("/v1/jobs", json={})
    assert (wrong_way.status_code, wrong_way.json()["code"]) == (405, "method_refused")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/jobs", "POST"),
        ("/v1/jobs/" + "0" * 32, "DELETE, GET"),
        ("/v1/summaries/" + "0" * 64, "DELETE, GET"),
        ("/v1/recipes/builtin/glossary", "DELETE, GET, PUT"),
        ("/healthz", "GET"),
        ("/desk/desk.js", "GET, HEAD"),
        ("/desk/v1/jobs", "GET, HEAD"),
    ],
)
async def test_a_refused_method_is_told_all_that_the_path_has(
    client: httpx.AsyncClient, path: str, methods: str
):
    answer = await client.patch(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)
    assert answer.json()["limit"] == methods


async def test_the_same_story_has_the_same_hash(client: httpx.AsyncClient):
    async def hash_of(**changes: object) -> str:
        return (await client.post("/v1/jobs", json=article(**changes))).json()["article_hash"]

    plain = await hash_of()
    paragraphs = "".join(f"<p> {line}\n</p>" for line in TEXT.splitlines())
    assert await hash_of(text=TEXT.replace(" ", "  ").replace("\n", "\r\n\r\n")) == plain
    assert await hash_of(text=None, html=f"<html><body>{paragraphs}</body></html>") == plain
    assert await hash_of(guid="urn:1", version="2", source="A") == plain
    assert await hash_of(text=TEXT.replace("400", "401")) != plain


async def test_a_russian_article_is_known_for_one(client: httpx.AsyncClient):
    job = (await client.post("/v1/jobs", json={"text": RUSSIAN_TEXT})).json()
    assert job["source_language"] == "ru"


async def test_a_full_queue_is_429_with_retry_after(settings, ledger: Ledger):
    from service.app import create_app

    app = create_app(settings.model_copy(update={"max_open_computations": 1}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.post("/v1/jobs", json=article(languages=["en"]))
            answer = await client.post("/v1/jobs", json={"text": RUSSIAN_TEXT})
    assert (answer.status_code, answer.json()["code"]) == (429, "queue_full")
    assert answer.headers["retry-after"] == "5"
    assert (answer.json()["limit"], answer.json()["given"]) == (1, 1)
