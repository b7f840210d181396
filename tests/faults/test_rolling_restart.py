"""Promised: APIs and workers may be restarted one by one under load; nobody notices."""

from collections.abc import Callable
from itertools import cycle, islice

from tests.faults.chaos import drained, paced
from tests.faults.conftest import Scale
from tests.faults.history import History
from tests.faults.load import Load
from tests.faults.site import Site, heard_of
from tests.waiting import wait_for


def test_everything_is_restarted_one_by_one(
    make_site: Callable[..., Site], scale: Scale, figure: Callable[[str, object], None]
):
    site = make_site(lease_seconds=3)
    site.open(apis=2, workers=2)
    history = History()
    load = Load(site.urls, history)
    with paced(site, load), load.running(2) as answers:
        pairs = zip(site.apis.items(), site.workers, strict=True)
        for (url, api), worker in islice(cycle(list(pairs)), scale.rounds_of_restarts):
            site.restart(api)
            site.wait_for_api(url)
            known = heard_of(site)
            site.restart(worker)
            wait_for(lambda known=known: bool(heard_of(site) - known), 60)
    drained(site, history, 120)
    findings = history.check(site.store)
    figure("rolling restarts: rounds of an API and a worker", scale.rounds_of_restarts)
    figure("rolling restarts: jobs accepted", findings.jobs)
    figure("rolling restarts: jobs lost or with another fault", len(findings.broken))
    figure("rolling restarts: answers of 5xx", answers.of_server_errors())
    figure("rolling restarts: leases that ran out", site.counters().get("leases_expired", 0))
    assert findings.broken == []
    assert findings.unended == []
    assert answers.of_server_errors() == 0
    assert answers.given_up == 0
