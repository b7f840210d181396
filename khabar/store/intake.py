"""The store as the service uses it: submitting, reading, cancelling, withdrawing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, cast

from redis.asyncio import Redis

from khabar.computation import Computation
from khabar.errors import (
    ArticleUnknown,
    GlossaryChanging,
    IdempotencyMismatch,
    JobUnknown,
    KhabarError,
    QueueFull,
    WebhookSecretMissing,
)
from khabar.job import Job
from khabar.queues import Priority
from khabar.recipe import Edition
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.absence import told, told_of
from khabar.store.hints import Hint
from khabar.webhooks.callback import Callback

_PATIENCE_WITH_MANY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Submission:
    """What SUBMIT needs to know of one job.

    ``wanted`` holds one computation per asked language. ``idempotency`` identifies the client's
    key, ``request`` everything the client asked for.
    """

    job_id: str
    owner: str
    article_json: str
    wanted: tuple[Computation, ...]
    priority: Priority
    idempotency: str | None = None
    request: str = ""
    callback: Callback | None = None

    def under(self, edition: Edition) -> Self:
        """Return the same submission for another edition of its recipe."""
        changed = {"fingerprint": edition.fingerprint, "glossary": edition.glossary}
        wanted = tuple(computation.model_copy(update=changed) for computation in self.wanted)
        return replace(self, wanted=wanted)

    @property
    def article_hash(self) -> str:
        """The hash of the article, the same in each computation."""
        return self.wanted[0].article_hash

    def arguments(self, limits: str) -> tuple[str, str, str, str]:
        """Return the four arguments of SUBMIT."""
        first = self.wanted[0]
        source = first.source()
        job = {
            "id": self.job_id,
            "owner": self.owner,
            "article": first.article_hash,
            "source_language": first.source_language,
            "length": first.length,
            "recipe": first.recipe,
            "fingerprint": first.fingerprint,
            "glossary": first.glossary,
            "priority": self.priority,
            "request": self.request,
        }
        if self.idempotency:
            job["idempotency"] = self.idempotency
        if self.callback:
            job |= {"callback": self.callback.url, "endpoint": self.callback.endpoint}
        asked = {computation.id for computation in self.wanted}
        ordered = [source, *(c for c in self.wanted if c.id != source.id)]
        computations = [
            {"id": c.id, "language": c.language, "stage": c.stage, "asked": c.id in asked}
            for c in ordered
        ]
        return json.dumps(job), self.article_json, json.dumps(computations), limits


@dataclass(frozen=True, slots=True)
class Accepted:
    """A submission that was taken: the job's id, whether it is new, and the hints to publish."""

    job_id: str
    new: bool
    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One entry of a job's stream. ``id`` is what ``Last-Event-ID`` gives back."""

    id: str
    type: Literal["accepted", "language", "end"]
    fields: dict[str, Any]


class Intake:
    """Reads and writes the store on behalf of clients. Raises StoreUnavailable from any method."""

    def __init__(self, connection: Redis, settings: Settings) -> None:
        self._redis = connection
        self._submit = connection.register_script(schema.SUBMIT)
        self._cancel = connection.register_script(schema.CANCEL)
        self._withdraw = connection.register_script(schema.WITHDRAW)
        self._limits = json.dumps(
            {
                "open_computations": settings.max_open_computations,
                "summary_seconds": settings.summary_seconds,
                "job_seconds": settings.job_seconds,
                "idempotency_seconds": settings.idempotency_seconds,
                "hint_seconds": settings.hint_seconds,
                "pending_webhooks": settings.webhook_max_pending,
            }
        )
        self._shared = settings.share_summaries
        self._max_open = settings.max_open_computations
        self._max_pending = settings.webhook_max_pending

    async def submit(self, submission: Submission) -> Accepted:
        """Record a job before it is promised.

        Raises QueueFull, IdempotencyMismatch, WebhookSecretMissing, and GlossaryChanging where the
        recipe has another glossary by now than the submission's.
        """
        async with told():
            answer = await self._submit(args=submission.arguments(self._limits))
        return self._read_answer(answer)

    async def submit_many(self, submissions: Sequence[Submission]) -> list[Accepted | KhabarError]:
        """Record many jobs in one round trip; each gets an answer or an error of its own."""
        async with told(_PATIENCE_WITH_MANY_SECONDS):
            pipeline = self._redis.pipeline(transaction=False)
            for submission in submissions:
                await self._submit(args=submission.arguments(self._limits), client=pipeline)
            answers = await pipeline.execute(raise_on_error=False)
        return [self._read_answer_or_error(answer) for answer in answers]

    def _read_answer_or_error(self, answer: list[Any] | Exception) -> Accepted | KhabarError:
        if isinstance(answer, Exception):
            unavailable = told_of(answer)
            if unavailable is None:
                raise answer
            return unavailable
        try:
            return self._read_answer(answer)
        except KhabarError as error:
            return error

    def _read_answer(self, answer: list[Any]) -> Accepted:
        verdict, detail, *hints = answer
        if verdict == "full":
            raise QueueFull(
                "As many computations are waiting as may wait.",
                limit=self._max_open,
                given=int(detail),
                hint="Send it again after the seconds in Retry-After.",
            )
        if verdict == "stale":
            raise GlossaryChanging(
                "The glossary of this recipe is being changed.",
                field="recipe",
                hint="Send it again after the seconds in Retry-After.",
            )
        if verdict == "many_webhooks":
            raise QueueFull(
                "As many webhook messages of this key are undelivered as may be.",
                field="callback_url",
                limit=self._max_pending,
                given=int(detail),
                hint="Repair the server that they are sent to, or send the job without a callback.",
            )
        if verdict == "no_secret":
            raise _secret_missing(detail)
        if verdict == "mismatch":
            raise IdempotencyMismatch(
                "This Idempotency-Key was used before, with another request.",
                field="Idempotency-Key",
                hint="Use a new key for a new request.",
            )
        return Accepted(detail, verdict == "new", tuple(map(Hint.decode, hints)))

    async def job(self, job_id: str) -> Job:
        """Return a job. Raises JobUnknown."""
        async with told():
            fields = await self._redis.hgetall(schema.JOB + job_id)
        if not fields:
            raise job_unknown()
        return Job.decode(cast("dict[str, str]", fields))

    async def jobs(self, job_ids: Sequence[str]) -> list[Job]:
        """Return jobs that are known to exist, in one round trip. Raises JobUnknown."""
        async with told():
            pipeline = self._redis.pipeline(transaction=False)
            for job_id in job_ids:
                pipeline.hgetall(schema.JOB + job_id)
            found = await pipeline.execute()
        if not all(found):
            raise job_unknown()
        return [Job.decode(fields) for fields in found]

    async def cancel(self, job_id: str) -> None:
        """Cancel what of a job has not ended. Raises JobUnknown."""
        async with told():
            answer = await self._cancel(args=[job_id])
        if answer == "unknown":
            raise job_unknown()

    async def summaries(self, ids: Sequence[str]) -> list[str | None]:
        """Return the JSON of each summary, or None where none is kept."""
        if not ids:
            return []
        async with told():
            found = await self._redis.mget([schema.SUMMARY + summary for summary in ids])
        return cast("list[str | None]", found)

    async def summaries_of(
        self, article_hash: str, ids: Sequence[str], reader: str
    ) -> list[str | None]:
        """Return summaries of an article as ``summaries`` does, to those who may read them.

        Raises ArticleUnknown if ``reader`` has not sent the article, unless summaries are shared:
        whether another has sent it makes no difference to what is done and told.
        """
        async with told():
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.sismember(schema.SENDERS + article_hash, reader)
            pipeline.mget([schema.SUMMARY + summary for summary in ids])
            sent, found = await pipeline.execute()
        if not sent and not self._shared:
            raise article_unknown()
        return cast("list[str | None]", found)

    async def article(self, article_hash: str) -> str:
        """Return an article's JSON. Raises ArticleUnknown."""
        async with told():
            found = await self._redis.get(schema.ARTICLE + article_hash)
        if found is None:
            raise article_unknown()
        return str(found)

    async def withdraw(self, article_hash: str) -> bool:
        """Remove an article and all its summaries; tell every process. False if unknown."""
        async with told():
            return bool(await self._withdraw(args=[article_hash]))

    async def events(self, job_id: str, after: str = "-") -> list[JobEvent]:
        """Return the events of a job that came after the id ``after``, oldest first."""
        start = "-" if after == "-" else f"({after}"
        async with told():
            entries = await self._redis.xrange(schema.EVENTS + job_id, min=start)
        found = cast("list[tuple[str, dict[str, str]]]", entries)
        return [_decode_event(entry_id, fields) for entry_id, fields in found]

    async def counters(self) -> dict[str, int]:
        """Return the totals since the store was made."""
        async with told():
            found = await self._redis.hgetall(schema.COUNTERS)
        return {str(name): int(value) for name, value in found.items()}

    async def open_computations(self) -> int:
        """Return how many computations are queued or running."""
        async with told():
            return int(await self._redis.zcard(schema.DUE))

    async def workers(self) -> list[dict[str, Any]]:
        """Return what each live worker last said of itself."""
        async with told():
            seconds, _ = await self._redis.time()
            said = await self._redis.hvals(schema.WORKERS)
        reports = [json.loads(text) for text in said]
        return [report for report in reports if report["seen"] > seconds - schema.WORKER_SECONDS]

    async def ping(self) -> None:
        """Return if the store answers."""
        async with told():
            await self._redis.ping()


def _decode_event(entry_id: str, fields: dict[str, str]) -> JobEvent:
    event = json.loads(fields["event"])
    return JobEvent(entry_id, event.pop("type"), event)


def _secret_missing(owner: str) -> WebhookSecretMissing:
    return WebhookSecretMissing(
        "There is no secret yet with which messages to this callback could be signed.",
        field="callback_url",
        hint=f"The person who runs the service makes one: khabar webhooks secret {owner}".rstrip(),
    )


def article_unknown() -> ArticleUnknown:
    """Return the error about an article that is not here, or not for those who ask."""
    return ArticleUnknown(
        "This article was never seen here, or is no longer kept.",
        field="article_hash",
        hint="Send the article to POST /v1/jobs.",
    )


def job_unknown() -> JobUnknown:
    """Return the error about a job that is not here, or not for those who ask."""
    return JobUnknown(
        "There is no such job, or it ended so long ago that it is no longer kept.",
        field="job_id",
        hint="Summaries are kept longer than jobs: GET /v1/summaries/{article_hash}.",
    )
