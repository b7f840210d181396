import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from khabar.glossary_file import receive_glossary
from khabar.settings import Settings
from khabar.store.ledger import Ledger
from service.app import create_app
from tests.service.articles import article, do_all_work

pytestmark = pytest.mark.anyio
PLACE = "/v1/recipes/builtin/glossary"
CSV = "en,ru,note\nferry,паром,\nharbour,порт,not гавань\n"


async def put(client: httpx.AsyncClient, content: str | bytes = CSV, **headers: str):
    sent = content.encode() if isinstance(content, str) else content
    headers = {"content_type": "text/csv", **headers}
    return await client.put(
        PLACE, content=sent, headers={name.replace("_", "-"): v for name, v in headers.items() if v}
    )


async def recipe_info(client: httpx.AsyncClient) -> dict:
    recipes = (await client.get("/v1/recipes")).json()
    return next(recipe for recipe in recipes if recipe["name"] == "builtin")


async def test_uploaded_read_and_removed(client: httpx.AsyncClient):
    before = await recipe_info(client)
    assert before["glossary"] is None
    assert (await client.get(PLACE)).json()["code"] == "glossary_unknown"
    sent = await put(client)
    kept = sent.json()
    assert sent.status_code == 201
    assert (kept["recipe"], kept["entries"]) == ("builtin", 2)
    assert kept["digest"] == receive_glossary(CSV.encode())[0].digest
    read = await client.get(PLACE)
    assert (read.status_code, read.text) == (200, CSV)
    assert read.headers["content-type"] == "text/csv; charset=utf-8"
    assert read.headers["etag"] == sent.headers["etag"]
    assert read.headers["khabar-glossary-digest"] == kept["digest"]
    assert read.headers["khabar-glossary-entries"] == "2"
    same = await client.get(PLACE, headers={"If-None-Match": read.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert (await client.get(PLACE, headers={"If-None-Match": "*"})).status_code == 304
    during = await recipe_info(client)
    assert during["fingerprint"] == kept["fingerprint"] != before["fingerprint"]
    assert during["glossary"] == {
        "digest": kept["digest"],
        "entries": 2,
        "uploaded_at": kept["uploaded_at"],
    }
    assert (await client.delete(PLACE)).status_code == 204
    assert await recipe_info(client) == before
    assert (await client.delete(PLACE)).status_code == 404


async def test_the_same_again_changes_nothing(client: httpx.AsyncClient):
    first, again = await put(client), await put(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize(
    ("separator", "media_type"), [("\t", "text/tab-separated-values"), (";", "text/csv")]
)
async def test_what_spreadsheets_save(
    client: httpx.AsyncClient, separator: str, media_type: str, mark: str
):
    content = CSV.replace(",", separator).replace("\n", "\r\n")
    sent = await put(client, mark + content, content_type=f"{media_type}; charset=UTF-8")
    assert sent.json()["digest"] == receive_glossary(CSV.encode())[0].digest
    read = await client.get(PLACE)
    assert read.text == content
    assert read.headers["content-type"].startswith(media_type)


async def test_two_editors_do_not_overwrite_each_other(client: httpx.AsyncClient):
    first = (await put(client, if_none_match="*")).headers["etag"]
    other = CSV.replace("порт", "гавань")
    refused = [
        await put(client, other, if_none_match="*"),
        await put(client, other, if_match='"other"'),
        # RFC 9110, 13.1.1: weak tags never match here.
        await put(client, other, if_match=f"W/{first}"),
        await client.delete(PLACE, headers={"If-Match": '"other"'}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [
        (412, "glossary_changed")
    ] * 4
    assert [answer.json()["field"] for answer in refused[:2]] == ["If-None-Match", "If-Match"]
    taken = await put(client, other, if_match=f'"other", {first}')
    assert taken.status_code == 200
    assert (await put(client, if_match=first)).status_code == 412
    assert (await client.get(PLACE)).text == other
    assert (await client.delete(PLACE, headers={"If-Match": "*"})).status_code == 204
    assert (await put(client, if_none_match='"x"')).status_code == 422


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"en,ru\none,=cmd|'/C calc'!A0", "line 2 has a cell that a spreadsheet would run"),
        (b"en,ru,note\none,\xd0\xb0,@SUM(1)", "line 2 has a cell that a spreadsheet would run"),
        (b"en,ru\none,\xd0\xb0\x00", "line 2 has a NUL"),
        ("en,ru\none,а".encode("utf-16"), "is not UTF-8"),
        ("en,ru\none,а".encode("utf-16-be"), "line 1 has a NUL"),
        (b"en,ru\n" + b"x" * 200_000 + b",\xd0\xb0", "line 2 is not CSV"),
        (b"en,ru\nsecret,\xd0\xb0\nSecret,\xd0\xb1", "line 3 lists a term again that line 2 has."),
        (b"en,secret\na,b", "line 1 names a column that is neither"),
        (b"", "line 1 names fewer than two languages"),
    ],
)
async def test_a_mistake_is_told_with_its_line_and_without_its_words(
    client: httpx.AsyncClient, content: bytes, part: str
):
    answer = await put(client, content)
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (
        422,
        "glossary_invalid",
        "glossary",
    )
    assert part in told["detail"]
    assert told["detail"].startswith("The glossary")
    for word in ("secret", "cmd", "SUM", "xx"):
        assert word not in answer.text.casefold()
    assert (await client.get(PLACE)).status_code == 404


@contextlib.asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        yield client


async def test_a_file_over_the_limit_is_refused(settings: Settings):
    content = CSV + "\n" * 100
    async with serving(settings.model_copy(update={"glossary_bytes": 100})) as client:
        answer = await put(client, content)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (413, "too_large")
        assert (told["field"], told["limit"]) == ("glossary", 100)
        assert told["given"] == len(content.encode())
        assert (await put(client, CSV)).status_code == 201


async def test_the_limit_of_articles_is_not_that_of_glossaries(settings: Settings):
    async with serving(settings.model_copy(update={"article_bytes": 5})) as client:
        assert (await put(client, CSV)).status_code == 201


async def test_a_line_of_ten_megabytes_is_refused(client: httpx.AsyncClient):
    answer = await put(client, b"en,ru\n" + b"x" * 10_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("media_type", ["application/json", "text/csv; charset=windows-1251"])
async def test_another_kind_of_body_is_refused(client: httpx.AsyncClient, media_type: str):
    answer = await put(client, content_type=media_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_refused")
    assert answer.json()["limit"] == "text/csv, text/tab-separated-values"


async def test_a_body_without_a_type_is_taken_for_csv(client: httpx.AsyncClient):
    assert (await put(client, content_type="")).status_code == 201


async def test_a_recipe_has_to_be_known(client: httpx.AsyncClient):
    answer = await client.put("/v1/recipes/other/glossary", content=CSV)
    assert (answer.status_code, answer.json()["code"]) == (422, "recipe_unknown")


async def test_summaries_of_other_terms_are_not_served(
    client: httpx.AsyncClient, app: FastAPI, ledger: Ledger
):
    job = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    do_all_work(ledger)
    place = f"/v1/summaries/{job['article_hash']}/en"
    for _ in range(2):
        assert (await client.get(place)).status_code == 200
    assert app.state.resources.cache.hits == 1
    kept = (await put(client)).json()
    assert (await client.get(place)).json()["code"] == "summary_unknown"
    looked_up = await client.post("/v1/summaries/lookup", json=article())
    assert looked_up.json()["code"] == "summary_unknown"
    again = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    assert (again["state"], again["fingerprint"]) == ("queued", kept["fingerprint"])
    do_all_work(ledger)
    found = (await client.get(place)).json()
    assert found["fingerprint"] == kept["fingerprint"]
    await client.delete(PLACE)
    assert (await client.get(place)).json()["fingerprint"] == job["fingerprint"]


async def test_a_job_sent_again_with_its_key_is_the_same_after_an_upload(
    client: httpx.AsyncClient,
):
    key = {"Idempotency-Key": "k"}
    first = await client.post("/v1/jobs", json=article(), headers=key)
    await put(client)
    again = await client.post("/v1/jobs", json=article(), headers=key)
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    other = await client.post("/v1/jobs", json=article(length="long"), headers=key)
    assert other.json()["code"] == "idempotency_mismatch"


async def test_an_upload_elsewhere_is_heard(
    client: httpx.AsyncClient, settings: Settings, ledger: Ledger
):
    job = (await client.post("/v1/jobs", json=article(languages=["en"]))).json()
    do_all_work(ledger)
    place = f"/v1/summaries/{job['article_hash']}/en"
    assert (await client.get(place)).status_code == 200
    async with serving(settings) as other:
        kept = (await put(other)).json()
        async with asyncio.timeout(2):
            while (await client.get(place)).status_code == 200:  # noqa: ASYNC110 -- over HTTP.
                await asyncio.sleep(0.001)
        assert (await recipe_info(client))["fingerprint"] == kept["fingerprint"]
