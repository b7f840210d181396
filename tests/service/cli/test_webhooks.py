"""``khabar webhooks`` on a real store."""

import asyncio
import base64
import json
from datetime import UTC, datetime

import pytest

from khabar.settings import Settings
from khabar.store.connection import service_connection, worker_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from khabar.store.outbox import Outbox
from khabar.webhooks.message import Attempt, MessageState, Outcome
from service.cli.exits import Exit
from tests.khabar.store.builders import submission, summary_for, wanted
from tests.service.cli.conftest import Khabar, _runner


@pytest.fixture
def khabar(settings: Settings) -> Khabar:
    return _runner(
        {"KHABAR_STORE_URL": settings.store_url, "KHABAR_VAR_FOLDER": str(settings.var_folder)}
    )


async def give_up_one(settings: Settings) -> None:
    connection, workers = (
        service_connection(settings.store_url),
        worker_connection(settings.store_url),
    )
    await Intake(connection, settings).submit(submission("j1", callback="https://desk.example/"))
    ledger = Ledger(workers, settings)
    claim = ledger.claim(wanted()[0].id, "worker")
    assert claim is not None
    ledger.finish(claim, summary_for(claim), 1)
    outbox = Outbox(connection, settings)
    (taken,) = await outbox.take(1)
    attempt = Attempt(at=datetime.now(UTC), milliseconds=1, outcome=Outcome.REJECTED, status=404)
    await outbox.record(taken, attempt, MessageState.DEAD)
    workers.close()
    await connection.aclose()


def test_the_secret_is_made_once_and_rotated_on_demand(khabar: Khabar):
    first = khabar("webhooks", "secret")
    assert first.exit_code == Exit.DONE
    assert len(base64.b64decode(first.stdout.strip().removeprefix("whsec_"))) == 32
    assert khabar("webhooks", "secret").stdout == first.stdout
    rotated = json.loads(khabar("webhooks", "secret", "--rotate", "--json").stdout)
    assert rotated["previous"] == first.stdout.strip()
    assert rotated["secret"] == khabar("webhooks", "secret").stdout.strip() != rotated["previous"]


def test_each_api_key_has_its_own(khabar: Khabar):
    key = json.loads(khabar("keys", "create", "desk", "--json").stdout)["id"]
    own = khabar("webhooks", "secret", key)
    assert own.exit_code == Exit.DONE
    assert own.stdout != khabar("webhooks", "secret").stdout
    unknown = khabar("webhooks", "secret", "0" * 16)
    assert unknown.exit_code == Exit.FAILED
    assert "key_unknown" in unknown.stderr


def test_what_was_given_up_is_listed_and_redelivered(khabar: Khabar, settings: Settings):
    assert khabar("webhooks", "list").stdout == ""
    khabar("webhooks", "secret")
    asyncio.run(give_up_one(settings))
    listed = khabar("webhooks", "list")
    assert listed.stdout.startswith("msg_j1  job.done        1 attempts  rejected 404 at ")
    (shown,) = json.loads(khabar("webhooks", "list", "--json").stdout)
    assert (shown["key"], shown["id"], shown["state"]) == ("", "msg_j1", "dead")
    assert khabar("webhooks", "list", "--key-id", "other").stdout == ""
    again = khabar("webhooks", "redeliver", "msg_j1")
    assert (again.exit_code, again.stdout) == (Exit.DONE, "msg_j1 is pending.\n")
    assert khabar("webhooks", "list").stdout == ""
    assert "not tried yet" not in khabar("webhooks", "list", "--state", "pending").stdout
    unknown = khabar("webhooks", "redeliver", "msg_none")
    assert unknown.exit_code == Exit.FAILED
    assert "delivery_unknown" in unknown.stderr


def test_a_token_given_for_an_id_is_not_written_down(khabar: Khabar, settings: Settings):
    token = f"kh_{'a' * 16}_{'b' * 64}"
    assert khabar("webhooks", "secret", token).exit_code == Exit.FAILED
    assert khabar("webhooks", "redeliver", token).exit_code == Exit.FAILED
    log = (settings.var_folder / "log" / "audit.jsonl").read_text("utf-8")
    assert "key_unknown" in log
    assert "delivery_unknown" in log
    assert "b" * 64 not in log
