"""Articles are counted before they are put on record, and uncounted if they are not."""

from collections.abc import Sequence

import structlog

from khabar.errors import (
    GlossaryChanging,
    IdempotencyMismatch,
    KhabarError,
    QueueFull,
    StoreUnavailable,
    WebhookSecretMissing,
)
from khabar.store.intake import Accepted, Submission
from khabar.store.limiter import Grant, Limiter
from service.gate import Caller
from service.reception import Reception

_log = structlog.get_logger(__name__)
_NOT_ON_RECORD = (QueueFull, IdempotencyMismatch, GlossaryChanging, WebhookSecretMissing)


class Admission:
    """Submits what the limits of a key allow."""

    def __init__(self, limiter: Limiter, reception: Reception) -> None:
        self._limiter = limiter
        self._reception = reception

    async def submit(self, submission: Submission, caller: Caller) -> tuple[Accepted, Grant]:
        """Submit one article. Raises QuotaExceeded and the errors of ``Reception.submit``."""
        grant = await self._limiter.admit(caller.owner, caller.limits, 1)
        if not grant.taken:
            raise grant.refusal()
        try:
            accepted = await self._reception.submit(submission)
        except _NOT_ON_RECORD:
            await self._give_back(grant, 1)
            raise
        return accepted, await self._give_back(grant, 0 if accepted.new else 1)

    async def submit_many(
        self, submissions: Sequence[Submission], caller: Caller
    ) -> tuple[list[Accepted | KhabarError], Grant]:
        """Submit the first articles, as many as may be sent; the others get QuotaExceeded.

        Raises StoreUnavailable if nothing was submitted.
        """
        answers, grant, unused = await self._submit_some(submissions, caller)
        while unused and (rest := submissions[len(answers) :]):
            # What was given back is there for those behind: a batch that is sent again must come
            # past the articles that are on record already.
            try:
                more, grant, unused = await self._submit_some(rest, caller)
            except StoreUnavailable as error:
                return [*answers, *(error for _ in rest)], grant
            answers += more
        refused = [grant.refusal() for _ in submissions[len(answers) :]]
        return [*answers, *refused], grant

    async def _submit_some(
        self, submissions: Sequence[Submission], caller: Caller
    ) -> tuple[list[Accepted | KhabarError], Grant, int]:
        """Return the answers to the first articles, how the key stands, and how many came back."""
        grant = await self._limiter.admit(caller.owner, caller.limits, len(submissions))
        answers = await self._reception.submit_many(submissions[: grant.taken])
        unused = sum(map(_unused, answers))
        return answers, await self._give_back(grant, unused), unused

    async def _give_back(self, grant: Grant, count: int) -> Grant:
        try:
            return await self._limiter.give_back(grant, count)
        except StoreUnavailable:
            # The jobs are on record: that some count too many must not take them from the client.
            _log.warning("articles stay counted", key=grant.owner, articles=count)
            return grant


def _unused(answer: Accepted | KhabarError) -> bool:
    if isinstance(answer, Accepted):
        return not answer.new
    return isinstance(answer, _NOT_ON_RECORD)
