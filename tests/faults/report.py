"""What a run of chaos has to say."""

from collections import Counter
from collections.abc import Iterator

from tests.faults.chaos import Report


def rows(report: Report) -> Iterator[tuple[str, object]]:
    """Yield each figure with its name."""
    findings, answers = report.findings, report.answers
    yield "jobs accepted", findings.jobs
    yield "faults", f"{report.faults.total()} ({_listed(report.faults)})"
    yield "minutes", f"{report.seconds / 60:.1f}"
    yield "jobs by their end", _listed(findings.states)
    yield "jobs that had not ended when looked for", len(findings.unended)
    yield "all had ended after the last fault in", f"{report.drained_in:.1f} s"
    yield "errors of failed languages", _listed(findings.errors) or "none"
    yield "computed more than once", report.computed_twice
    yield "leases that ran out", report.leases_expired
    yield "answers by status", _listed(answers.statuses)
    yield "connections that broke under a client", answers.broken_connections
    yield "articles a client gave up on", answers.given_up
    yield "promises broken", len(report.broken)


def _listed(counts: Counter) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
