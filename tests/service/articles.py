"""Articles for tests, and a stand-in for the workers that finishes what was asked."""

from khabar.store.ledger import Ledger
from tests.khabar.store.builders import summary_for

TEXT = (
    "The harbour authority in the northern port said on Tuesday that the new ferry terminal "
    "would open in March, two months later than planned.\n"
    "The delay was caused by a storm that damaged the breakwater in November.\n"
    "About 400 people will work at the terminal once both piers are in use."
)
RUSSIAN_TEXT = (
    "Администрация северного порта сообщила во вторник, что новый паромный терминал откроется "
    "в марте, на два месяца позже срока.\n"
    "Задержку вызвал шторм, который повредил волнолом в ноябре."
)


def article(**changes: object) -> dict[str, object]:
    return {"headline": "Ferry terminal opens later", "text": TEXT, **changes}


def do_all_work(ledger: Ledger) -> int:
    """Finish every open computation, as workers would. Return how many there were."""
    done = 0
    while ids := ledger._redis.zrange("khabar:1:due", 0, -1):
        for computation_id in ids:
            claim = ledger.claim(computation_id, "worker")
            assert claim is not None
            kept, _ = ledger.finish(claim, summary_for(claim), 1)
            assert kept
            done += 1
    return done
