"""Does the work of the workers, one computation at a time, so that a test sees each step."""

import time
from datetime import UTC, datetime

from redis import Redis

from khabar.article import Article
from khabar.errors import ErrorRecord
from khabar.languages import Language
from khabar.settings import Settings
from khabar.store import schema
from khabar.store.ledger import Claim, Ledger
from khabar.summary import Check, ModelUse, Reading, SourceSpan, Summary, SummarySentence

HEADLINES = {
    Language.ENGLISH: "Ferry terminal will open in March",
    Language.RUSSIAN: "Паромный терминал откроется в марте",
    Language.ARABIC: "افتتاح محطة العبّارات في مارس",
}
SENTENCES = {
    Language.ENGLISH: (
        "The new ferry terminal opens in March, two months late.",
        "A storm in November damaged the breakwater.",
    ),
    Language.RUSSIAN: (
        "Новый паромный терминал откроется в марте, на два месяца позже срока.",
        "В ноябре шторм повредил волнолом.",
    ),
    Language.ARABIC: (
        "ستفتتح محطة العبّارات الجديدة في مارس، متأخرة شهرين عن الموعد.",
        "ألحقت عاصفة في نوفمبر أضرارًا بحاجز الأمواج.",
    ),
}


class Hands:
    """Takes, finishes and fails the open computations of one language."""

    def __init__(self, connection: Redis, settings: Settings) -> None:
        self._redis = connection
        self._ledger = Ledger(connection, settings)

    def take(self, language: Language) -> Claim:
        """Claim the computation of a language, as soon as it can be."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for computation_id in self._redis.zrange(schema.DUE, 0, -1):
                if self._redis.hget(schema.COMPUTATION + computation_id, "language") == language:
                    claim = self._ledger.claim(computation_id, "hands")
                    if claim is not None:
                        return claim
            time.sleep(0.02)
        raise AssertionError(f"nothing to do in {language}")

    def finish(self, claim: Claim, *, review: str | None = None) -> Summary:
        """Finish a computation. With ``review`` the second sentence fails a check for it."""
        summary = summary_of(claim, review)
        kept, _ = self._ledger.finish(claim, summary, 1)
        assert kept
        return summary

    def fail(self, claim: Claim, error: ErrorRecord) -> None:
        """End a computation without a summary."""
        self._ledger.fail(claim, error, 0)


def summary_of(claim: Claim, review: str | None) -> Summary:
    """Return a summary whose sentences rest on the first two paragraphs of the article."""
    computation = claim.computation
    body = Article.model_validate_json(claim.article_json).body
    checks = (
        Check(name="script", passed=True),
        Check(name="numbers", passed=not review, message=review),
    )
    texts = SENTENCES[computation.language]
    return Summary(
        article_hash=computation.article_hash,
        source_language=computation.source_language,
        language=computation.language,
        length=computation.length,
        recipe=computation.recipe,
        fingerprint=computation.fingerprint,
        headline=HEADLINES[computation.language],
        sentences=tuple(
            SummarySentence(text=text, sources=(span,), checks=checks if number else ())
            for number, (text, span) in enumerate(zip(texts, paragraph_spans(body), strict=False))
        ),
        needs_review=review is not None,
        models=(
            ModelUse(role="translation", id="test/marian", revision="1a2b3c", licence="CC-BY-4.0"),
        ),
        read=Reading(
            characters_read=len(body),
            characters_total=len(body),
            sentences_read=3,
            sentences_total=3,
        ),
        timings_ms={"summarise": 12.5},
        created_at=datetime.now(UTC),
    )


def paragraph_spans(body: str) -> list[SourceSpan]:
    """Return where each paragraph of a canonical body stands, in code points."""
    spans, start = [], 0
    for paragraph in body.split("\n"):
        spans.append(SourceSpan(start=start, end=start + len(paragraph)))
        start += len(paragraph) + 1
    return spans
