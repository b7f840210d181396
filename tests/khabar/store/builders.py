"""Ready-made submissions and summaries for tests of the store."""

from datetime import UTC, datetime

from khabar.computation import Computation
from khabar.languages import Language
from khabar.queues import Priority
from khabar.store.intake import Submission
from khabar.store.ledger import Claim
from khabar.summary import Length, Reading, Summary, SummarySentence


def wanted(languages: str = "en", article: str = "a" * 64) -> tuple[Computation, ...]:
    return tuple(
        Computation(
            article_hash=article,
            source_language=Language.ENGLISH,
            language=Language(code),
            length=Length.SHORT,
            recipe="builtin",
            fingerprint="f" * 32,
        )
        for code in languages.split()
    )


def submission(
    job_id: str,
    languages: str = "en",
    *,
    article: str = "a" * 64,
    priority: Priority = Priority.BULK,
    idempotency: str | None = None,
    request: str = "r",
) -> Submission:
    return Submission(
        job_id=job_id,
        owner="",
        article_json='{"body":"text"}',
        wanted=wanted(languages, article),
        priority=priority,
        idempotency=idempotency,
        request=request,
    )


def summary_for(claim: Claim) -> Summary:
    computation = claim.computation
    return Summary(
        article_hash=computation.article_hash,
        source_language=computation.source_language,
        language=computation.language,
        length=computation.length,
        recipe=computation.recipe,
        fingerprint=computation.fingerprint,
        headline="Headline",
        sentences=(SummarySentence(text="A sentence.", sources=()),),
        needs_review=False,
        models=(),
        read=Reading(characters_read=4, characters_total=4, sentences_read=1, sentences_total=1),
        timings_ms={},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
