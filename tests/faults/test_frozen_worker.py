"""Promised: one end for each job, also if a worker goes on with what is no longer its own."""

import signal
from collections.abc import Callable

from tests.e2e.stories import article
from tests.faults.conftest import Scale
from tests.faults.history import History
from tests.faults.marked_app import SLEEPS
from tests.faults.site import Site, with_group
from tests.waiting import wait_for

AT_ONCE = 4
TOO_LATE = ("finished too late to count", "work abandoned")


def test_a_worker_is_frozen_past_its_lease_and_goes_on(
    make_site: Callable[..., Site], scale: Scale, figure: Callable[[str, object], None]
):
    site = make_site(lease_seconds=1, worker_threads=AT_ONCE, max_attempts=20)
    site.open(apis=1, workers=0)
    frozen, other = site.start_marked_worker(), site.start_marked_worker()
    site.wait_until_ready()
    history, claimed = History(), 0
    with site.client() as client:
        for turn in range(scale.freezes):
            with_group(other, signal.SIGSTOP)
            for number in range(AT_ONCE):
                sent = article(10 * turn + number, languages=["en"])
                job = client.post("/v1/jobs", json=sent | {"guid": f"{SLEEPS}300"}).json()
                history.accept(job["id"], job["id"])
            wait_for(lambda before=claimed: _claimed(site) > before, 20)
            with_group(frozen, signal.SIGSTOP)
            with_group(other, signal.SIGCONT)
            wait_for(lambda: not history.unended(site.store), 60)
            # It goes on: what it holds was done by the other meanwhile.
            with_group(frozen, signal.SIGCONT)
            frozen, other = other, frozen
            claimed = _claimed(site)
    late = wait_for_words(site)
    findings = history.check(site.store)
    counters = site.counters()
    figure("frozen past their lease: workers", scale.freezes)
    figure("frozen past their lease: work that came too late and did not count", late)
    figure("frozen past their lease: jobs with more or less than one end", len(findings.broken))
    assert findings.broken == []
    assert counters["computations_done"] == scale.freezes * AT_ONCE
    assert counters["leases_expired"] >= scale.freezes


def wait_for_words(site: Site) -> int:
    """Return how often a worker found that what it did was no longer its own; once at least."""

    def found() -> int:
        texts = [child.log.read_text() for child in site.workers]
        return sum(text.count(words) for text in texts for words in TOO_LATE)

    wait_for(lambda: found() > 0, 20)
    return found()


def _claimed(site: Site) -> int:
    return site.counters().get("computations_claimed", 0)
