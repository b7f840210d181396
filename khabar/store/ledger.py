"""The store as the workers use it: claiming, keeping, finishing and sweeping computations."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from redis import Redis

from khabar.backlog import Queue
from khabar.computation import Computation
from khabar.errors import (
    ArticleUnknown,
    AttemptsExhausted,
    DeadlinePassed,
    ErrorRecord,
)
from khabar.queues import Priority
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.hints import Hint
from khabar.summary import Summary


@dataclass(frozen=True, slots=True)
class Claim:
    """A computation that one worker holds until its lease runs out.

    ``source_summary`` is empty for work that starts from the article itself.
    """

    computation: Computation
    owner: str
    attempt: int
    priority: Priority
    article_json: str
    source_summary_json: str

    @property
    def id(self) -> str:
        """The identity of the computation and of the summary that will come of it."""
        return self.computation.id


class Suspect(Exception):
    """A worker fell silent over this computation: it is given out only to be done alone."""


class Beat(StrEnum):
    """What became of a lease that was to be renewed."""

    KEPT = "kept"
    LOST = "lost"
    """It belongs to another worker, or has ended."""
    UNWANTED = "unwanted"
    """Every job that waited for it was cancelled."""
    LATE = "late"
    """It ran past its deadline and was ended as failed."""


class Ledger:
    """Moves computations through their states. Safe to use from several threads."""

    def __init__(self, connection: Redis, settings: Settings) -> None:
        self._redis = connection
        self._settings = settings
        self._scripts = {
            name: connection.register_script(getattr(schema, name))
            for name in ("CLAIM", "BEAT", "DONE", "FAIL", "RELEASE", "SWEEP")
        }

    def _run(self, script: str, *arguments: str | float) -> Any:  # noqa: ANN401 -- each script answers in its own shape
        return self._scripts[script](args=arguments)

    def claim(self, computation_id: str, owner: str, *, alone: bool = True) -> Claim | None:
        """Take a lease, or return None if another holds it or nothing is left to do.

        ``alone`` says that this process does nothing else meanwhile. Raises Suspect if it has to
        and does not.
        """
        verdict, *rest = self._run(
            "CLAIM",
            computation_id,
            owner,
            self._settings.lease_seconds,
            self._settings.max_attempts,
            self._exhausted(),
            "alone" if alone else "together",
        )
        if verdict == "suspect":
            raise Suspect(computation_id)
        if verdict != "claimed":
            return None
        pairs, article_json, source_summary_json = rest
        fields = dict(zip(pairs[::2], pairs[1::2], strict=True))
        computation = Computation(
            article_hash=fields["article"],
            source_language=fields["source_language"],
            language=fields["language"],
            length=fields["length"],
            recipe=fields["recipe"],
            fingerprint=fields["fingerprint"],
            # Work that was recorded before there were uploads names none.
            glossary=fields.get("glossary", ""),
        )
        return Claim(
            computation,
            owner,
            int(fields["attempt"]),
            Priority(fields["priority"]),
            article_json,
            source_summary_json,
        )

    def beat(self, claim: Claim) -> Beat:
        """Renew a lease."""
        late = DeadlinePassed(
            "The computation took longer than it may.",
            limit=self._settings.deadline_seconds,
            hint="Send a shorter article, or raise KHABAR_DEADLINE_SECONDS.",
        )
        return Beat(
            self._run(
                "BEAT",
                claim.id,
                claim.owner,
                self._settings.lease_seconds,
                self._settings.deadline_seconds,
                late.record().model_dump_json(),
            )
        )

    def finish(self, claim: Claim, summary: Summary, model_calls: int) -> tuple[bool, list[Hint]]:
        """Store the summary and tell the jobs, if the lease is still held.

        Return whether it was, and hints for the computations that can start now.
        """
        withdrawn = ArticleUnknown("The article was withdrawn while it was being summarised.")
        verdict, *hints = self._run(
            "DONE",
            claim.id,
            claim.owner,
            summary.model_dump_json(exclude_none=True),
            self._settings.summary_seconds,
            self._settings.hint_seconds,
            model_calls,
            withdrawn.record().model_dump_json(),
        )
        return verdict == "done", [Hint.decode(text) for text in hints]

    def fail(self, claim: Claim, error: ErrorRecord, model_calls: int) -> None:
        """End a computation without a result, if the lease is still held."""
        self._run("FAIL", claim.id, claim.owner, error.model_dump_json(), model_calls)

    def release(self, claim: Claim, after_seconds: float, error: ErrorRecord | None) -> None:
        """Give a computation back, to be tried again after some seconds.

        Without an ``error`` the attempt does not count.
        """
        reason = error.model_dump_json() if error else ""
        self._run("RELEASE", claim.id, claim.owner, after_seconds, reason)

    def sweep(self, empty_queues: Iterable[Queue] = (), most: int = 1000) -> list[Hint]:
        """Return hints for what is overdue: leases that ran out, and work nobody claimed.

        Work whose queue is among ``empty_queues`` has lost its hint and gets a new one.
        """
        empty = [f"{stage}.{priority}" for stage, priority in empty_queues]
        hints: Sequence[str] = self._run(
            "SWEEP",
            most,
            self._settings.hint_seconds,
            json.dumps(empty),
            self._settings.max_attempts,
            self._exhausted(),
        )
        return [Hint.decode(text) for text in hints]

    def announce_worker(self, name: str, facts: dict[str, Any]) -> None:
        """Say that a worker is alive, and what it serves. Forget those long silent."""
        seconds, _ = self._redis.time()
        self._redis.hset(schema.WORKERS, name, json.dumps({**facts, "name": name, "seen": seconds}))
        said = cast("dict[str, str]", self._redis.hgetall(schema.WORKERS))
        self._forget(
            other
            for other, text in said.items()
            if json.loads(text)["seen"] < seconds - 10 * schema.WORKER_SECONDS
        )

    def dismiss_worker(self, name: str) -> None:
        """Say that a worker is gone."""
        self._forget([name])

    def _forget(self, names: Iterable[str]) -> None:
        gone = list(names)
        if gone:
            self._redis.hdel(schema.WORKERS, *gone)

    def _exhausted(self) -> str:
        error = AttemptsExhausted(
            "The worker died at every attempt at this computation.",
            limit=self._settings.max_attempts,
            hint="The workers' log tells why. Sending the article again makes new attempts.",
        )
        return error.record().model_dump_json()
