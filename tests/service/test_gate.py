import asyncio
from datetime import timedelta

import pytest

from khabar.api_key import Scope
from khabar.errors import KeysMissing
from khabar.queues import queue_names
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import worker_connection
from khabar.store.ledger import Ledger
from service.app import create_app
from service.gate import is_loopback
from tests.service.articles import article
from tests.service.guarded import client_of, guarded

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 -- only asked about.
        ("192.0.2.1", False),
        ("example.org", False),
    ],
)
def test_loopback(host: str, near: bool):
    assert is_loopback(host) is near


async def test_it_does_not_start_beyond_loopback_without_a_key(settings: Settings, keys: KeyRing):
    app = create_app(settings.model_copy(update={"host": "192.0.2.1"}))
    with pytest.raises(KeysMissing):
        async with app.router.lifespan_context(app):
            pass
    await keys.create("desk", ends=timedelta(seconds=0.5))
    async with app.router.lifespan_context(app):
        pass
    await asyncio.sleep(0.6)
    other, _ = await keys.create("other desk")
    await keys.revoke(other.id)
    with pytest.raises(KeysMissing):
        async with app.router.lifespan_context(app):
            pass


async def test_without_keys_only_this_machine_is_served(app):
    async with client_of(app, address="192.0.2.7") as stranger:
        answer = await stranger.get("/v1/languages")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 401),
        ("127.0.0.1.evil.example:8000", 401),
    ],
)
async def test_without_keys_no_other_sites_page_is_served(app, host: str, status: int):
    async with client_of(app, host=host) as browser:
        assert (await browser.get("/v1/languages")).status_code == status


async def test_the_workers_are_named_only_to_those_with_a_key(settings: Settings, keys: KeyRing):
    _, token = await keys.create("desk")
    async with guarded(settings) as app:
        connection = worker_connection(settings.store_url)
        Ledger(connection, settings).announce_worker("w1", {"queues": queue_names()})
        connection.close()
        async with client_of(app) as stranger, client_of(app, token) as desk:
            strange = (await stranger.get("/readyz")).json()
            known = (await desk.get("/readyz")).json()
    assert (strange["workers"], all(strange["stages"].values())) == ([], True)
    assert [worker["name"] for worker in known["workers"]] == ["w1"]


async def test_a_key_opens_and_a_revoked_one_does_not(settings: Settings, keys: KeyRing):
    key, token = await keys.create("desk")
    _, revoked = await keys.create("old desk")
    await keys.revoke(revoked.split("_")[1])
    async with guarded(settings) as app:
        async with client_of(app, token) as client:
            assert (await client.get("/v1/languages")).status_code == 200
        wrong_secret = f"kh_{key.id}_{'0' * 64}"
        for bad in (None, "nonsense", wrong_secret, revoked):
            async with client_of(app, bad) as client:
                answer = await client.get("/v1/languages")
                assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
                assert (await client.get("/healthz")).status_code == 200


SUBMIT, READ, ADMIN = Scope.SUBMIT, Scope.READ, Scope.ADMIN
NOWHERE = "/v1/jobs/" + "0" * 32
REQUESTS = [
    ("POST", "/v1/jobs", SUBMIT),
    ("POST", "/v1/jobs/batch", SUBMIT),
    ("DELETE", NOWHERE, SUBMIT),
    ("GET", NOWHERE, READ),
    ("GET", f"{NOWHERE}/events", READ),
    ("GET", "/v1/summaries/" + "0" * 64, READ),
    ("GET", "/v1/summaries/" + "0" * 64 + "/en", READ),
    ("POST", "/v1/summaries/lookup", READ),
    ("GET", "/metrics", READ),
    ("DELETE", "/v1/summaries/" + "0" * 64, ADMIN),
    ("GET", "/v1/recipes/builtin/glossary", READ),
    ("PUT", "/v1/recipes/builtin/glossary", ADMIN),
    ("DELETE", "/v1/recipes/builtin/glossary", ADMIN),
    ("GET", "/v1/webhooks/deliveries", READ),
    ("GET", "/v1/webhooks/deliveries/msg_" + "0" * 32, READ),
    ("POST", "/v1/webhooks/deliveries/msg_" + "0" * 32 + "/redeliver", SUBMIT),
]
TEMPLATES = {
    "0" * 64: "{article_hash}",
    "msg_" + "0" * 32: "{delivery_id}",
    "0" * 32: "{job_id}",
    "/en": "/{language}",
    "builtin": "{name}",
}


@pytest.mark.parametrize("scope", Scope)
async def test_a_key_may_do_what_its_scopes_say_and_nothing_else(
    settings: Settings, keys: KeyRing, scope: Scope
):
    _, token = await keys.create("desk", scopes=[scope])
    async with guarded(settings) as app, client_of(app, token) as client:
        for method, path, needed in REQUESTS:
            sent = [] if path.endswith("batch") else article()
            content = {"json": sent} if method == "POST" else {}
            answer = await client.request(method, path, **content)
            if scope == needed:
                assert answer.status_code not in {401, 403}, (method, path)
            else:
                assert answer.status_code == 403, (method, path)
                assert answer.json()["code"] == "scope_missing"
                assert (answer.json()["limit"], answer.json()["given"]) == (needed, scope)
                assert f'scope="{needed}"' in answer.headers["www-authenticate"]
        assert (await client.get("/v1/languages")).status_code == 200


async def test_without_a_key_nothing_is_told_of_the_recipes(settings: Settings, keys: KeyRing):
    await keys.create("desk")
    async with guarded(settings) as app, client_of(app, None) as client:
        for name in ("builtin", "none", "xlsum"):
            for path in (f"/v1/recipes/{name}/card", f"/v1/recipes/{name}/glossary"):
                answer = await client.get(path)
                assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), path


async def test_every_path_that_asks_for_a_key_says_which_scope(app):
    described = app.openapi()["paths"]
    told = {
        (method.upper(), path): operation.get("security")
        for path, operations in described.items()
        for method, operation in operations.items()
    }
    for method, path, needed in REQUESTS:
        template = path
        for given, name in TEMPLATES.items():
            template = template.replace(given, name)
        assert told.pop((method, template)) == [{"HTTPBearer": [needed]}]
    assert {place: needed for place, needed in told.items() if needed} == {
        ("GET", "/v1/languages"): [{"HTTPBearer": []}],
        ("GET", "/v1/recipes"): [{"HTTPBearer": []}],
        ("GET", "/v1/recipes/{name}/card"): [{"HTTPBearer": []}],
    }


async def test_a_revoked_key_reads_for_a_moment_and_changes_nothing(
    settings: Settings, keys: KeyRing
):
    key, token = await keys.create("desk", scopes=list(Scope))
    async with guarded(settings) as app, client_of(app, token) as client:
        place = (await client.post("/v1/jobs", json=article())).headers["location"]
        await keys.revoke(key.id)
        assert (await client.get(place)).status_code == 200
        assert (await client.post("/v1/jobs", json=article())).status_code == 401
        # Now that it is known here, the memory of it is gone too.
        assert (await client.get(place)).status_code == 401


async def test_a_key_is_not_remembered_beyond_its_end(settings: Settings, keys: KeyRing):
    _, token = await keys.create("desk", ends=timedelta(seconds=0.5))
    async with guarded(settings) as app, client_of(app, token) as client:
        assert (await client.get("/v1/languages")).status_code == 200
        await asyncio.sleep(0.6)
        answer = await client.get("/v1/languages")
    assert (answer.status_code, answer.json()["code"]) == (401, "key_expired")
    assert "ended on" in answer.json()["detail"]
