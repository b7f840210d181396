"""Summaries and jobs as lines of text."""

from collections.abc import Iterable, Iterator

from khabar.languages import FACTS, Language
from khabar.summary import Check, Summary
from service.cli.output import error_lines
from service.schemas import JobOut, LanguageOut


def summary_lines(summary: Summary) -> Iterator[str]:
    """Yield the headline and the sentences, each with what a person should look at in it."""
    yield f"  {summary.headline}"
    yield from _failed(summary.headline_checks)
    for sentence in summary.sentences:
        # A summary of headline length has the headline as its only sentence.
        told = summary.headline_checks if sentence.text == summary.headline else None
        if told is None:
            yield f"  {sentence.text}"
        yield from _failed(check for check in sentence.checks if check not in (told or ()))


def _failed(checks: Iterable[Check]) -> Iterator[str]:
    for check in checks:
        if not check.passed:
            yield f"    needs review: {check.name}: {check.message or 'failed'}"


def job_lines(job: JobOut, seconds: dict[Language, float]) -> Iterator[str]:
    """Yield a job's summaries, the article's own language first.

    ``seconds`` says when each language was there, counted from the request.
    """
    yield f"article {job.article_hash}"
    for language in sorted(job.languages, key=lambda code: code != job.source_language):
        yield ""
        yield f"{FACTS[language].english_name} ({language}): {_fate(job, language, seconds)}"
        yield from _content(job.languages[language])


def _fate(job: JobOut, language: Language, seconds: dict[Language, float]) -> str:
    out = job.languages[language]
    took = _duration(seconds.get(language, 0.0))
    if out.state != "done":
        return f"{out.state}, {took}"
    origin = "from the cache" if out.cached else "made now"
    return f"{origin}, {took}"


def _content(out: LanguageOut) -> Iterator[str]:
    if out.summary is not None:
        yield from summary_lines(out.summary)
    if out.error is not None:
        for line in error_lines(out.error):
            yield f"  {line}"


def _duration(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
