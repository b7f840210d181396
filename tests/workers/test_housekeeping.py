import time

import pytest

from khabar.backlog import Backlog
from khabar.queues import celery_app
from khabar.settings import Settings
from khabar.store.hints import Hint
from khabar.store.intake import Intake
from khabar.store.ledger import Ledger
from tests.khabar.store.builders import submission, wanted
from workers.housekeeping import Housekeeper

pytestmark = pytest.mark.anyio


class Collector:
    """Keeps what would be published."""

    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def publish(self, hints: list[Hint]) -> None:
        self.hints += hints


async def test_it_announces_the_worker_and_puts_overdue_work_on_its_queue(
    intake: Intake, ledger: Ledger, settings: Settings
):
    await intake.submit(submission("j1"))
    collector = Collector()
    housekeeper = Housekeeper(
        ledger, collector, Backlog(celery_app(settings)), "w1", lambda: {"queues": ["q"]}, 0.05
    )  # type: ignore[arg-type]
    housekeeper.start()
    until = time.monotonic() + 5
    while not collector.hints and time.monotonic() < until:
        time.sleep(0.02)
    assert [hint.id for hint in collector.hints][:1] == [wanted()[0].id]
    (worker,) = await intake.workers()
    assert (worker["name"], worker["queues"]) == ("w1", ["q"])
    housekeeper.stop()
    assert await intake.workers() == []


async def test_it_goes_on_after_a_mistake_of_ours(
    intake: Intake, ledger: Ledger, settings: Settings
):
    await intake.submit(submission("j1"))
    collector = Collector()

    def broken() -> dict[str, object]:
        raise ZeroDivisionError

    housekeeper = Housekeeper(
        ledger,
        collector,  # type: ignore[arg-type]
        Backlog(celery_app(settings)),
        "w1",
        broken,
        0.05,
    )
    housekeeper.start()
    until = time.monotonic() + 5
    while not collector.hints and time.monotonic() < until:
        time.sleep(0.02)
    assert collector.hints, "work is swept although the worker cannot say what it is"
    housekeeper.stop()
