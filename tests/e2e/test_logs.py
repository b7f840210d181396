"""No log of the whole service holds what was sent to it."""

import json
from pathlib import Path

import httpx
import redis
from typer.testing import CliRunner

from khabar.settings import Settings
from khabar.store import schema
from service.cli.app import build
from service.embedded.stack import Stack
from tests.service.articles import TEXT, article

MARKER = "zanzibarite"
MARKED = article(
    headline=f"A headline of {MARKER}",
    text=f"{TEXT}\nA spokesman of {MARKER} said so on Tuesday.",
    guid=MARKER,
    source=MARKER,
    version=MARKER,
    url=f"https://{MARKER}.example/{MARKER}",
    languages=["en"],
)
WRONG: list[dict[str, object]] = [
    {**MARKED, MARKER: 1},
    {**MARKED, "language": "ru"},
    {**MARKED, "languages": [MARKER]},
    {**MARKED, "url": f"not an address: {MARKER}"},
    {**MARKED, "recipe": MARKER},
    {"text": [MARKER]},
]
PATHS = [f"/v1/jobs/{MARKER}", f"/{MARKER}", f"/v1/summaries/{'0' * 64}/{MARKER}"]


def test_no_log_holds_what_was_sent(tmp_path: Path):
    """The marker stands wherever a client may write something, and then things go wrong."""
    var = tmp_path / "var"
    made = CliRunner().invoke(
        build(),
        ["keys", "create", "desk", "--scope", "submit,read,admin", "--json"],
        env={"KHABAR_VAR_FOLDER": str(var)},
    )
    token = json.loads(made.stdout)["token"]
    settings = Settings(
        var_folder=var,
        port=0,
        require_keys=True,
        audit_reads=True,
        max_attempts=1,
        soft_shutdown_seconds=1,
    )
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": MARKER,
        "X-Request-Id": MARKER,
        "User-Agent": MARKER,
    }
    with (
        Stack(settings) as stack,
        httpx.Client(base_url=stack.url, headers=headers, timeout=60, trust_env=False) as client,
        redis.Redis.from_url(stack.settings.store_url) as store,
    ):
        _do_everything(client, store)
    logs = {path.name: path.read_text("utf-8") for path in (var / "log").iterdir()}
    assert set(logs) == {"api.log", "worker.log", "audit.jsonl"}
    # What is looked for could have been there: each log tells of what went wrong.
    assert "ValidationError" in logs["api.log"]
    assert "ValidationError" in logs["worker.log"]
    assert len(logs["audit.jsonl"].splitlines()) > 20
    for name, text in logs.items():
        for secret in (MARKER, token[-64:], "spokesman", "Ferry", "northern port"):
            assert secret not in text, (name, secret)


def _do_everything(client: httpx.Client, store: redis.Redis) -> None:
    job = client.post("/v1/jobs", json=MARKED, headers={"Prefer": "wait=30"}).json()
    assert job["state"] == "done"
    assert MARKER in json.dumps(job)
    client.post("/v1/jobs/batch", json=[MARKED, *WRONG])
    for sent in WRONG:
        assert client.post("/v1/jobs", json=sent).status_code == 422
    client.post("/v1/jobs", content=f'{{"text": "{MARKER}')
    client.post("/v1/summaries/lookup", json=MARKED)
    for path in PATHS:
        client.get(path, params={"length": MARKER})
    client.get("/v1/languages", headers={"Authorization": f"Bearer {MARKER}"})
    summaries = f"/v1/summaries/{job['article_hash']}"
    for _ in range(2):
        assert client.get(f"{summaries}/en").status_code == 200
    # Records that do not fit make pydantic complain, in the API and in the worker.
    store.set(schema.ARTICLE + job["article_hash"], json.dumps(MARKED))
    # The server drops the connection of a request that ended in an error of ours.
    once = {"Connection": "close"}
    assert client.get(f"{summaries}?length=headline", headers=once).status_code == 500
    longer = {**MARKED, "length": "long"}
    broken = {"Prefer": "wait=30", "Idempotency-Key": f"{MARKER}-2"}
    assert client.post("/v1/jobs", json=longer, headers=broken).json()["state"] == "failed"
    assert client.delete(summaries).status_code == 204
