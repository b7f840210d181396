"""The checker finds what it is there to find: each test breaks one promise by hand."""

from collections.abc import Callable

import pytest
import redis

from khabar.settings import Settings
from khabar.store import schema
from khabar.store.connection import service_connection
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from tests.faults.history import History
from tests.khabar.store.builders import submission, summary_for, wanted

pytestmark = pytest.mark.anyio
JOB = schema.JOB + "j1"
EVENTS = schema.EVENTS + "j1"


@pytest.fixture
async def store(settings: Settings) -> redis.Redis:
    """A store with one job that is done."""
    connection = redis.Redis.from_url(settings.store_url, decode_responses=True)
    async with service_connection(settings.store_url) as there:
        await Intake(there, settings).submit(submission("j1"))
    ledger = Ledger(connection, settings)
    claim = ledger.claim(wanted()[0].id, "worker")
    assert claim is not None
    ledger.finish(claim, summary_for(claim), 1)
    yield connection
    connection.close()


@pytest.fixture
def history() -> History:
    history = History()
    history.accept("key", "j1")
    return history


async def test_a_job_that_is_done_breaks_nothing(store: redis.Redis, history: History):
    findings = history.check(store)
    assert (findings.broken, findings.unended, findings.jobs) == ([], [], 1)
    assert findings.states == {"done": 1}


def _end_again(store: redis.Redis) -> None:
    store.xadd(EVENTS, {"event": '{"type": "end", "state": "failed"}'})


def _deliver_again(store: redis.Redis) -> None:
    first = '{"type": "language", "language": "en", "state": "done"}'
    last = store.xrevrange(EVENTS, count=1)[0]
    store.xdel(EVENTS, last[0])
    store.xadd(EVENTS, {"event": first})
    store.xadd(EVENTS, last[1])


BREAKS: dict[str, Callable[[redis.Redis], object]] = {
    "lost": lambda store: store.delete(JOB),
    "2 ends": _end_again,
    "en: 2 ends": _deliver_again,
    "its end is not its last word": lambda store: store.hset(JOB, "state", "failed"),
    "ended with 1 languages open": lambda store: store.hset(JOB, "open", 1),
    "not there": lambda store: store.delete(schema.SUMMARY + wanted()[0].id),
}


@pytest.mark.parametrize("told", BREAKS)
async def test_a_broken_promise_is_told(store: redis.Redis, history: History, told: str):
    BREAKS[told](store)
    assert any(line.endswith(told) for line in history.check(store).broken)


async def test_a_job_that_goes_on_is_told(store: redis.Redis, history: History):
    store.hset(JOB, "state", "running")
    assert history.check(store).unended == ["j1"]
    assert history.unended(store) == ["j1"]


async def test_two_jobs_for_one_key_are_told(store: redis.Redis, history: History):
    history.accept("key", "j2")
    assert history.check(store).broken == ["key: promised as j1, then as j2"]
