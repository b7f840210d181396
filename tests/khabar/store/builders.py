"""Ready-made submissions and summaries for tests of the store."""

from datetime import UTC, datetime
from ipaddress import ip_network

from khabar.computation import Computation
from khabar.languages import Language
from khabar.queues import Priority
from khabar.store.intake import Submission
from khabar.store.ledger import Claim
from khabar.summary import Length, Reading, Summary, SummarySentence
from khabar.webhooks.callback import Callback
from khabar.webhooks.policy import Policy


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
    owner: str = "",
    callback: str | None = None,
) -> Submission:
    return Submission(
        job_id=job_id,
        owner=owner,
        article_json='{"body":"text"}',
        wanted=wanted(languages, article),
        priority=priority,
        idempotency=idempotency,
        request=request,
        callback=callback_to(callback) if callback else None,
    )


def callback_to(url: str) -> Callback:
    policy = Policy(
        plain_http=True,
        ports=frozenset(range(1, 65_536)),
        networks=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
    )
    return Callback.parse(url, policy)


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
