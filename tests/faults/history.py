"""What clients were promised, held against what the store says became of it."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import redis

from khabar.store import schema

FINAL = frozenset({"done", "failed", "cancelled"})
_AT_ONCE = 500


@dataclass(frozen=True)
class Findings:
    """What became of the jobs that were accepted. ``broken`` holds one line per broken promise."""

    jobs: int
    states: Counter[str]
    errors: Counter[str]
    unended: list[str]
    broken: list[str] = field(default_factory=list)


class History:
    """Every job that was accepted, under the key its client sent. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, str] = {}
        self._broken: list[str] = []

    def __len__(self) -> int:
        with self._lock:
            return len(self._jobs)

    def accept(self, key: str, job_id: str) -> None:
        """Write down a promise. The same key must always be promised the same job."""
        with self._lock:
            before = self._jobs.setdefault(key, job_id)
            if before != job_id:
                self._broken.append(f"{key}: promised as {before}, then as {job_id}")

    def unended(self, store: redis.Redis) -> list[str]:
        """Return the jobs that have not ended, lost ones among them."""
        with self._lock:
            jobs = list(self._jobs.values())
        states = [
            state
            for part in _parts(jobs)
            for state in _pipelined(store, [("HGET", schema.JOB + job, "state") for job in part])
        ]
        return [job for job, state in zip(jobs, states, strict=True) if state not in FINAL]

    def seconds(self, store: redis.Redis) -> list[float]:
        """Return how long each job that has ended took, from its record to its end."""
        with self._lock:
            jobs = list(self._jobs.values())
        return [
            float(record["finished"]) - float(record["created"])
            for _, record, _ in _records(store, jobs)
            if record.get("state") in FINAL
        ]

    def check(self, store: redis.Redis) -> Findings:
        """Hold every promise against the store's records and streams of events."""
        with self._lock:
            jobs, broken = list(self._jobs.values()), list(self._broken)
        states, errors, unended = Counter[str](), Counter[str](), list[str]()
        summaries: set[str] = set()
        for job, record, events in _records(store, jobs):
            state = record.get("state", "lost")
            states[state] += 1
            if state == "lost":
                broken.append(f"{job}: lost")
            elif state not in FINAL:
                unended.append(job)
            else:
                broken += [f"{job}: {what}" for what in _faults_of(record, events)]
                errors.update(_codes(record))
                summaries.update(_delivered(record))
        broken += [f"summary {one}: not there" for one in _absent(store, summaries)]
        return Findings(len(jobs), states, errors, unended, broken)


def _faults_of(record: dict[str, str], events: list[dict]) -> Iterator[str]:
    """Yield what is wrong with a job that has ended."""
    ends = [event for event in events if event["type"] == "end"]
    if len(ends) != 1:
        yield f"{len(ends)} ends"
    elif ends[0]["state"] != record["state"] or events[-1] is not ends[0]:
        yield "its end is not its last word"
    for language in record["languages"].split():
        told = [e for e in events if e.get("language") == language and e["state"] in FINAL]
        if len(told) != 1 or told[0]["state"] != record[f"state:{language}"]:
            yield f"{language}: {len(told)} ends"
    if record["open"] != "0":
        yield f"ended with {record['open']} languages open"


def _codes(record: dict[str, str]) -> list[str]:
    return [json.loads(text)["code"] for name, text in record.items() if name.startswith("error:")]


def _delivered(record: dict[str, str]) -> Iterator[str]:
    for language in record["languages"].split():
        if record[f"state:{language}"] == "done":
            yield record[f"computation:{language}"]


def _absent(store: redis.Redis, summaries: set[str]) -> list[str]:
    ids = sorted(summaries)
    return [
        identity
        for part in _parts(ids)
        for identity, there in zip(
            part,
            _pipelined(store, [("EXISTS", schema.SUMMARY + identity) for identity in part]),
            strict=True,
        )
        if not there
    ]


def _records(store: redis.Redis, jobs: list[str]) -> Iterator[tuple[str, dict, list[dict]]]:
    for part in _parts(jobs):
        records = _pipelined(store, [("HGETALL", schema.JOB + job) for job in part])
        streams = _pipelined(store, [("XRANGE", schema.EVENTS + job, "-", "+") for job in part])
        for job, record, stream in zip(part, records, streams, strict=True):
            yield job, record, [json.loads(fields["event"]) for _, fields in stream]


def _parts(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _pipelined(store: redis.Redis, commands: Iterable[tuple[str, ...]]) -> list:
    pipeline = store.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    return pipeline.execute()
