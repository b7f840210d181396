"""Promised: after everything was killed, work goes on within a lease and five seconds."""

import signal
from collections.abc import Callable

from tests.faults.history import History
from tests.faults.load import Load
from tests.faults.site import Site, running, with_group
from tests.waiting import wait_for

GRACE_SECONDS = 5


def test_everything_is_killed_in_the_middle(
    make_site: Callable[..., Site], figure: Callable[[str, object], None]
):
    # Longer than it takes to start everything, or the leases would have run out by then.
    site = make_site(lease_seconds=10)
    site.open(apis=2, workers=2)
    history = History()
    with Load(site.urls, history).running(2):
        wait_for(lambda: len(history) > 200, 60)
        wait_for(lambda: frozen_with_work(site), 60)
        for child in site.children:
            site.end(child)
        site.end_redis()
        site.redis.start()
        held = running(site)
        for child in site.children:
            child.start()
        for url in site.urls:
            site.wait_for_api(url)
        site.wait_until_ready()
        recovered = wait_for(lambda: not held & running(site), 60)
    ended = wait_for(lambda: not history.unended(site.store), 120, pause=0.5)
    figure("all killed: what was in hand had ended after", f"{recovered:.1f} s")
    assert held
    assert history.check(site.store).broken == []
    assert recovered < site.settings.lease_seconds + GRACE_SECONDS, ended


def frozen_with_work(site: Site) -> bool:
    """Freeze all processes, so that none ends its work while others are killed, if any has work."""
    for child in site.children:
        with_group(child, signal.SIGSTOP)
    if running(site):
        return True
    for child in site.children:
        with_group(child, signal.SIGCONT)
    return False
