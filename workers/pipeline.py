"""One computation from its article to its summary. Knows no queue and no store."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from khabar.article import Article
from khabar.computation import Computation
from khabar.errors import ArticleUnknown, SourceFailed
from khabar.glossary import Glossary
from khabar.summary import (
    Check,
    ModelUse,
    Reading,
    SourceSpan,
    Summary,
    SummarySentence,
)
from workers.checks.outcome import outcome
from workers.checks.table import is_degenerate, run_checks
from workers.decoding import firmer
from workers.protocols import Decoding, Draft, Hypothesis, Pair, SentenceCheck, Translator
from workers.registry import Registry
from workers.text.document import Document
from workers.text.prepare import prepare

_LEAD_SENTENCES = 20
_CERTAIN = "certain"
_STOPS = '.!?؟…»"”'

CheckPoint = Callable[[], None]
"""Called between steps; raises if the work is no longer wanted."""


@dataclass(slots=True)
class Log:
    """What a computation took: milliseconds for each step, and calls of models."""

    timings_ms: dict[str, float] = field(default_factory=dict)
    model_calls: int = 0

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the time of the block to a step."""
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - start) * 1000
            self.timings_ms[step] = round(self.timings_ms.get(step, 0.0) + spent, 3)


@dataclass(frozen=True, slots=True)
class Line:
    """A headline or sentence in the target language, and what its checks said."""

    text: str
    checks: tuple[Check, ...]

    @property
    def faults(self) -> tuple[bool, int]:
        """How bad it is: whether it is degenerate, and how many checks failed.

        How sure the model was does not count: what it likes best comes first as it is.
        """
        failed = [check for check in self.checks if not check.passed and check.name != _CERTAIN]
        return is_degenerate(self.checks), len(failed)


class Pipeline:
    """Summarises in the article's language, and translates summaries."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def summarise(
        self, computation: Computation, article_json: str, log: Log, check_point: CheckPoint
    ) -> Summary:
        """Return the summary in the article's own language.

        Raises ArticleUnknown, RecipeDiffers, GlossaryMissing and NothingToSummarise.
        """
        recipe = self._registry.recipe(computation)
        article = _read_article(article_json)
        with log.timed("prepare"):
            document = prepare(article.body, article.headline, computation.language)
        check_point()
        with log.timed("load"):
            summarizer = self._registry.summarizer(recipe, computation.language)
        with log.timed("summarise"):
            draft = summarizer.summarise(document, computation.length)
            log.model_calls += 1
        with log.timed("check"):
            headline, *lines = _check_draft(draft, document, self._registry.checks(recipe))
        spans = [_spans(sentence.sources, document) for sentence in draft.sentences]
        read = _reading(draft, document)
        made = Made(headline, lines, spans, summarizer.models, read, recipe.terms)
        return _summary(computation, made, log)

    def translate(
        self, computation: Computation, source_json: str, log: Log, check_point: CheckPoint
    ) -> Summary:
        """Return the summary in another language than the article's.

        Raises SourceFailed, RecipeDiffers, GlossaryMissing, ModelMissing and EngineFailed.
        """
        recipe = self._registry.recipe(computation)
        source = _read_source(source_json)
        with log.timed("load"):
            translator = self._registry.translator(recipe, source.language, computation.language)
        decoding = self._registry.decoding(recipe)
        texts = [source.headline, *(sentence.text for sentence in source.sentences)]
        task = Task(translator, self._registry.checks(recipe), log)
        headline, *lines = _translate(texts, task, decoding, check_point)
        spans = [sentence.sources for sentence in source.sentences]
        models = (*source.models, *translator.models)
        made = Made(headline, lines, spans, models, source.read, recipe.terms)
        return _summary(computation, made, log)


def _read_article(text: str) -> Article:
    if not text:
        raise ArticleUnknown("The article was withdrawn before it was summarised.")
    return Article.model_validate_json(text)


def _read_source(text: str) -> Summary:
    if not text:
        raise SourceFailed(
            "The summary to be translated is no longer kept.", hint="Send the article again."
        )
    return Summary.model_validate_json(text)


def _check_draft(draft: Draft, document: Document, more: Sequence[SentenceCheck]) -> list[Line]:
    language = document.language
    texts = [(_evidence_of_headline(draft, document), draft.headline)]
    for sentence in draft.sentences:
        sources = [document.sentences[position].text for position in sentence.sources]
        texts.append((" ".join(sources), sentence.text))
    return [
        Line(output, run_checks(Pair(source, language, output, language), more))
        for source, output in texts
    ]


def _evidence_of_headline(draft: Draft, document: Document) -> str:
    """Return what a headline must agree with: one that was made, with what it was made of.

    That is the lead and what the summary rests on, lest the checks read all of a long article. A
    headline is no sentence, so the text it is compared with ends without a stop.
    """
    if draft.headline == document.headline:
        return draft.headline
    lead = range(min(_LEAD_SENTENCES, len(document.sentences)))
    positions = sorted({*lead, *(p for sentence in draft.sentences for p in sentence.sources)})
    return " ".join(document.sentences[position].text for position in positions).rstrip(_STOPS)


@dataclass(frozen=True, slots=True)
class Task:
    """Who translates, what is checked of it, and where it is written down."""

    translator: Translator
    more_checks: Sequence[SentenceCheck]
    log: Log

    def attempt(self, texts: Sequence[str], decoding: Decoding) -> list[Line]:
        """Translate once, and return of each text what has the least faults.

        Of those that have as few, it is what the translator likes best.
        """
        with self.log.timed("translate"):
            hypotheses = self.translator.translate(texts, decoding)
            self.log.model_calls += 1
        with self.log.timed("check"):
            return [
                self._best(text, hypothesis)
                for text, hypothesis in zip(texts, hypotheses, strict=True)
            ]

    def _best(self, text: str, hypothesis: Hypothesis) -> Line:
        first = self._checked(text, hypothesis)
        if not any(first.faults):
            return first
        others = [self._checked(text, other) for other in hypothesis.others]
        return min([first, *others], key=lambda line: line.faults)

    def _checked(self, text: str, hypothesis: Hypothesis) -> Line:
        pair = Pair(text, self.translator.source, hypothesis.text, self.translator.target)
        checks = (*run_checks(pair, self.more_checks), *_checks_of_search(hypothesis))
        return Line(hypothesis.text, checks)


def _checks_of_search(hypothesis: Hypothesis) -> Iterator[Check]:
    """Yield what the search tells: whether it came to an end and, if that was asked, was sure."""
    cut = None if hypothesis.finished else "The translation was cut at the limit of tokens."
    yield outcome("finished", cut)
    if sure := hypothesis.certainty:
        said = f"The model was not sure of its words: {sure.score:.2f}, under {sure.least:.2f}."
        yield outcome(_CERTAIN, None if sure.enough else said)


def _translate(
    texts: Sequence[str], task: Task, decoding: Decoding, check_point: CheckPoint
) -> list[Line]:
    lines = task.attempt(texts, decoding)
    bad = [position for position, line in enumerate(lines) if is_degenerate(line.checks)]
    if bad:
        check_point()
        again = task.attempt([texts[position] for position in bad], firmer(decoding))
        for position, line in zip(bad, again, strict=True):
            lines[position] = min(lines[position], line, key=lambda one: one.faults)
    return lines


def _spans(sources: Sequence[int], document: Document) -> tuple[SourceSpan, ...]:
    sentences = [document.sentences[position] for position in sources]
    return tuple(SourceSpan(start=sentence.start, end=sentence.end) for sentence in sentences)


def _reading(draft: Draft, document: Document) -> Reading:
    read = document.sentences[: draft.sentences_read]
    whole = draft.sentences_read >= len(document.sentences)
    return Reading(
        characters_read=document.characters if whole else read[-1].end if read else 0,
        characters_total=document.characters,
        sentences_read=draft.sentences_read,
        sentences_total=len(document.sentences),
    )


@dataclass(frozen=True, slots=True)
class Made:
    """What a computation came to, and the terms it was made with."""

    headline: Line
    lines: Sequence[Line]
    spans: Sequence[tuple[SourceSpan, ...]]
    models: tuple[ModelUse, ...]
    read: Reading
    terms: Glossary


def _summary(computation: Computation, made: Made, log: Log) -> Summary:
    lines = (made.headline, *made.lines)
    return Summary(
        **computation.model_dump(exclude={"glossary"}),
        glossary=made.terms.digest if made.terms.entries else None,
        headline=made.headline.text,
        headline_checks=made.headline.checks,
        sentences=tuple(
            SummarySentence(text=line.text, sources=sources, checks=line.checks)
            for line, sources in zip(made.lines, made.spans, strict=True)
        ),
        needs_review=any(not check.passed for line in lines for check in line.checks),
        models=made.models,
        read=made.read,
        timings_ms=dict(log.timings_ms),
        created_at=datetime.now(UTC),
    )
