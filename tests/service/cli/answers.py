"""Ready-made answers of a service."""

from datetime import UTC, datetime

from khabar.errors import ErrorRecord
from khabar.job import State
from khabar.languages import Language
from khabar.queues import Priority
from khabar.summary import Check, Length, Reading, SourceSpan, Summary, SummarySentence
from service.schemas import JobOut, LanguageOut

ARTICLE_HASH = "a" * 64
MISSING = ErrorRecord(code="model_missing", message="No model.", hint="Install one.")


def summary(language: Language = Language.ENGLISH, *checks: Check) -> Summary:
    return Summary(
        article_hash=ARTICLE_HASH,
        source_language=Language.ENGLISH,
        language=language,
        length=Length.SHORT,
        recipe="builtin",
        fingerprint="f" * 32,
        headline="A headline",
        sentences=(
            SummarySentence(
                text="A [b]sentence[/b] :smile:.", sources=(SourceSpan(start=0, end=4),)
            ),
            SummarySentence(text="خبر واحد.", sources=(), checks=checks),
        ),
        needs_review=any(not check.passed for check in checks),
        models=(),
        read=Reading(characters_read=4, characters_total=4, sentences_read=1, sentences_total=1),
        timings_ms={},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def job(state: State = State.RUNNING, **languages: LanguageOut) -> JobOut:
    return JobOut(
        id="1" * 32,
        state=state,
        article_hash=ARTICLE_HASH,
        source_language=Language.ENGLISH,
        length=Length.SHORT,
        recipe="builtin",
        fingerprint="f" * 32,
        priority=Priority.BULK,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        finished_at=None,
        languages={Language(code): out for code, out in languages.items()},
        links={},
    )


def done(*, cached: bool = False) -> LanguageOut:
    return LanguageOut(state=State.DONE, cached=cached, summary=summary())


def running() -> LanguageOut:
    return LanguageOut(state=State.RUNNING, cached=False)


def failed() -> LanguageOut:
    return LanguageOut(state=State.FAILED, cached=False, error=MISSING)
