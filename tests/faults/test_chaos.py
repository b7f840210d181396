"""Promised: an accepted job is never lost, has one end, and is computed once, whatever happens."""

from collections.abc import Callable

from tests.faults import chaos
from tests.faults.conftest import Scale
from tests.faults.report import rows
from tests.faults.site import Site


def test_nothing_is_lost_while_everything_breaks(
    make_site: Callable[..., Site], scale: Scale, figure: Callable[[str, object], None]
):
    site = make_site(lease_seconds=3, max_open_computations=2000)
    site.open(apis=2, workers=3)
    plan = chaos.Plan(scale.chaos_jobs, scale.chaos_faults, pause_seconds=2, seed=1)
    report = chaos.run(site, plan)
    for name, value in rows(report):
        figure(f"chaos: {name}", value)
    assert report.broken == []
    assert report.findings.jobs >= plan.jobs
    assert report.faults.total() == plan.faults
    assert report.answers.given_up == 0
