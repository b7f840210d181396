"""What a task does: claim, compute, and record how it ended."""

import uuid
from collections.abc import Callable

import structlog
from redis import exceptions

from khabar.errors import (
    EngineFailed,
    ErrorRecord,
    KhabarError,
    RecipeDiffers,
    UnexpectedFailure,
)
from khabar.publisher import HintPublisher
from khabar.queues import Stage
from khabar.store.ledger import Beat, Claim, Ledger, Suspect
from khabar.summary import Summary
from workers.batching.priority import working_at
from workers.floor import Floor
from workers.leases import Abandoned, Lease, LeaseKeeper
from workers.pipeline import Log, Pipeline

_log = structlog.get_logger(__name__)

_WORTH_ANOTHER_TRY = (EngineFailed, RecipeDiffers, UnexpectedFailure)
"""Another worker, or this one in a moment, may do better."""
_LONGEST_PAUSE_SECONDS = 30.0


class Workbench:
    """Runs computations. Safe to use from several threads."""

    def __init__(
        self,
        ledger: Ledger,
        leases: LeaseKeeper,
        pipeline: Pipeline,
        publisher: HintPublisher,
        name: str,
    ) -> None:
        self._ledger = ledger
        self._leases = leases
        self._pipeline = pipeline
        self._publisher = publisher
        self._name = name
        self._floor = Floor()

    def run(self, computation_id: str) -> None:
        """Do a computation if it is there to be done; record how it ended.

        One that a worker fell silent over is done while nothing else is: if it ends this process
        too, it takes no other with it. It is claimed only then, so that nothing waits with a lease.

        Raises only what the store raises when it stays away: the lease then runs out, and another
        worker takes over.
        """
        try:
            with self._floor.together():
                self._claim_and_work(computation_id, alone=False)
        except Suspect:
            with self._floor.alone():
                self._claim_and_work(computation_id, alone=True)

    def _claim_and_work(self, computation_id: str, *, alone: bool) -> None:
        owner = f"{self._name}/{uuid.uuid4().hex}"
        claim = self._ledger.claim(computation_id, owner, alone=alone)
        if claim is None:
            return
        log = Log()
        with self._leases.keeping(claim) as lease, working_at(claim.priority):
            try:
                summary = self._compute(claim, lease, log)
                lease.check()
            except Abandoned as abandoned:
                self._abandon(claim, abandoned.beat)
            except KhabarError as error:
                self._record_failure(claim, error, log)
            else:
                self._record_summary(claim, summary, log)

    def _compute(self, claim: Claim, lease: Lease, log: Log) -> Summary:
        computation = claim.computation
        steps: dict[Stage, tuple[Callable[..., Summary], str]] = {
            Stage.SUMMARISE: (self._pipeline.summarise, claim.article_json),
            Stage.TRANSLATE: (self._pipeline.translate, claim.source_summary_json),
        }
        step, material = steps[computation.stage]
        try:
            return step(computation, material, log, lease.check)
        except (KhabarError, Abandoned, exceptions.RedisError):
            raise
        except Exception as error:
            # The one place where a mistake of ours is caught: it must end in a recorded state.
            _log.exception("unexpected failure", computation=claim.id)
            raise UnexpectedFailure(
                f"A mistake of ours stopped the work ({type(error).__name__}).",
                hint="The workers' log tells more.",
            ) from error

    def _record_summary(self, claim: Claim, summary: Summary, log: Log) -> None:
        kept, hints = self._ledger.finish(claim, summary, log.model_calls)
        if not kept:
            _log.info("finished too late to count", computation=claim.id)
        self._publisher.publish(hints)

    def _record_failure(self, claim: Claim, error: KhabarError, log: Log) -> None:
        record: ErrorRecord = error.record()
        _log.warning("computation failed", computation=claim.id, code=record.code)
        if isinstance(error, _WORTH_ANOTHER_TRY):
            pause = min(_LONGEST_PAUSE_SECONDS, 2.0 ** (claim.attempt - 1))
            self._ledger.release(claim, pause, record)
        else:
            self._ledger.fail(claim, record, log.model_calls)

    def _abandon(self, claim: Claim, beat: Beat) -> None:
        _log.info("work abandoned", computation=claim.id, reason=str(beat))
        if beat is Beat.UNWANTED:
            self._ledger.release(claim, 0, None)
