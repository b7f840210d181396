"""Promised: Redis may be killed under load; nothing is lost, and work goes on soon."""

import random
import time
from collections.abc import Callable

from tests.faults.chaos import drained, paced
from tests.faults.conftest import Scale
from tests.faults.history import History
from tests.faults.load import Load
from tests.faults.site import Site
from tests.waiting import wait_for

RESUMED_SECONDS = 10


def test_redis_is_killed_again_and_again(
    make_site: Callable[..., Site], scale: Scale, figure: Callable[[str, object], None]
):
    site = make_site(lease_seconds=3)
    site.open(apis=1, workers=2)
    history, chance, resumed = History(), random.Random(2), []
    load = Load(site.urls, history)
    with paced(site, load), load.running(2) as answers:
        for _ in range(scale.redis_kills):
            time.sleep(chance.uniform(0.5, 2))
            site.end_redis()
            site.redis.start()
            before = site.counters()["computations_done"]
            resumed.append(wait_for(lambda b=before: _done(site) > b, 60))
    drained(site, history, 120)
    findings = history.check(site.store)
    figure("Redis killed under load", f"{scale.redis_kills} times")
    figure("Redis killed: jobs accepted", findings.jobs)
    figure("Redis killed: jobs lost or with another fault", len(findings.broken))
    figure("Redis killed: the longest until work went on", f"{max(resumed):.1f} s")
    assert findings.broken == []
    assert findings.unended == []
    assert answers.given_up == 0
    assert max(resumed) < RESUMED_SECONDS


def _done(site: Site) -> int:
    return site.counters()["computations_done"]
