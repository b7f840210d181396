"""The metrics: totals that the store keeps for all processes, and what this process saw itself."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_COUNTERS = {
    "jobs_accepted": "Jobs taken on record.",
    "languages_asked": "Summaries asked for, one per language of each job.",
    "languages_cached": "Summaries asked for that were there already.",
    "computations_claimed": "Attempts at a computation.",
    "leases_expired": "Attempts whose worker fell silent.",
    "model_calls": "Calls of a summarizer or a translator.",
    "webhooks_queued": "Messages written for callbacks.",
    "webhook_attempts": "Attempts at a message.",
}
_BY_OUTCOME = {
    "jobs_ended": ("Jobs that ended.", ("done", "failed", "cancelled"), "jobs_"),
    "computations_ended": (
        "Computations that ended.",
        ("done", "failed", "dropped"),
        "computations_",
    ),
    "webhooks_ended": ("Messages that ended.", ("delivered", "dead"), "webhooks_"),
}
_GAUGES = {
    "open_computations": "Computations queued or running.",
    "workers": "Worker processes heard of lately.",
}


class _Totals(Collector):
    def __init__(
        self,
        counters: Mapping[str, int],
        state: Mapping[str, int],
        memory_hits: int,
        audit_failures: int,
    ) -> None:
        self._counters = counters
        self._state = state
        self._memory_hits = memory_hits
        self._audit_failures = audit_failures

    def collect(self) -> Iterator[Metric]:
        for name, text in _COUNTERS.items():
            yield CounterMetricFamily(f"khabar_{name}", text, self._counters.get(name, 0))
        for name, (text, outcomes, prefix) in _BY_OUTCOME.items():
            family = CounterMetricFamily(f"khabar_{name}", text, labels=["outcome"])
            for outcome in outcomes:
                family.add_metric([outcome], self._counters.get(prefix + outcome, 0))
            yield family
        for name, text in _GAUGES.items():
            yield GaugeMetricFamily(f"khabar_{name}", text, self._state[name])
        yield CounterMetricFamily(
            "khabar_memory_reads",
            "Reads this process answered from its own memory.",
            self._memory_hits,
        )
        yield CounterMetricFamily(
            "khabar_audit_failures",
            "Acts this process could not write into the audit log; they are in its other log.",
            self._audit_failures,
        )


def exposition(
    counters: Mapping[str, int],
    state: Mapping[str, int],
    *,
    memory_hits: int,
    audit_failures: int,
) -> bytes:
    """Return the metrics as text."""
    registry = CollectorRegistry()
    registry.register(_Totals(counters, state, memory_hits, audit_failures))
    return generate_latest(registry)
