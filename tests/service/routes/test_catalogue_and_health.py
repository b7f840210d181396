import httpx
import pytest

from khabar.queues import queue_names
from khabar.settings import Settings
from khabar.store.ledger import Ledger
from service.app import create_app

pytestmark = pytest.mark.anyio


async def test_languages(client: httpx.AsyncClient):
    languages = {entry["code"]: entry for entry in (await client.get("/v1/languages")).json()}
    assert set(languages) == {"ar", "ru", "en"}
    assert languages["ar"]["direction"] == "rtl"


async def test_recipes_tell_what_is_installed_once_a_worker_speaks(
    settings: Settings, ledger: Ledger, tmp_path
):
    (tmp_path / "desk.toml").write_text(
        """
        name = "desk"
        summarizer = {kind = "extractive"}
        models = [{id = "a/b", revision = "1", licence = "MIT", pairs = [["en", "ru"]]}]
        """
    )
    app = create_app(settings.model_copy(update={"recipes_folder": tmp_path}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            before = {recipe["name"]: recipe for recipe in (await client.get("/v1/recipes")).json()}
            ledger.announce_worker("w", {"queues": [], "models": {"a/b@1": 1234}})
            after = {recipe["name"]: recipe for recipe in (await client.get("/v1/recipes")).json()}
    assert before["builtin"]["default"]
    assert before["desk"]["models"][0]["installed"] is None
    assert before["desk"]["pairs"] == [["en", "ru"]]
    assert after["desk"]["models"][0]["installed"] is True
    assert after["desk"]["models"][0]["bytes"] == 1234


async def test_a_recipe_tells_of_its_models_on_a_card(client: httpx.AsyncClient):
    listed = {recipe["name"]: recipe for recipe in (await client.get("/v1/recipes")).json()}
    card = await client.get(listed["builtin"]["card"])
    assert (card.status_code, card.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert "CC-BY-SA-4.0" in card.text
    assert listed["opus"]["card"] is None
    absent = await client.get("/v1/recipes/opus/card")
    assert (absent.status_code, absent.json()["code"]) == (404, "card_unknown")
    refused = await client.get("/v1/recipes/xlsum/card")
    assert refused.json()["code"] == "card_unknown", "it may not be used, and may be read about"
    unknown = await client.get("/v1/recipes/none/card")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "recipe_unknown")


async def test_health_and_readiness(client: httpx.AsyncClient, ledger: Ledger):
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    alone = (await client.get("/readyz")).json()
    assert (alone["ready"], alone["stages"]) == (True, {"summarise": False, "translate": False})
    ledger.announce_worker("w", {"queues": queue_names(), "models": {}})
    served = (await client.get("/readyz")).json()
    assert served["stages"] == {"summarise": True, "translate": True}


async def test_without_a_store_readiness_and_jobs_say_so(settings: Settings):
    gone = settings.model_copy(update={"store_url": "unix:///nowhere/redis.sock"})
    app = create_app(gone)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            assert (await client.get("/healthz")).status_code == 200
            ready = await client.get("/readyz")
            job = await client.get("/v1/jobs/" + "0" * 32)
    assert (ready.status_code, ready.json()["ready"]) == (503, False)
    assert (job.status_code, job.json()["code"]) == (503, "store_unavailable")
    assert job.headers["retry-after"] == "5"
