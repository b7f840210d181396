"""From a canonical body to a document: cleaned, and cut into sentences with offsets."""

from collections.abc import Sequence
from dataclasses import replace

from khabar.languages import Language
from workers.text.apostrophes import mend_apostrophes
from workers.text.cleaning import drop_notices, take_header
from workers.text.datelines import dateline_length
from workers.text.document import Document, Sentence
from workers.text.paragraphs import join_lines, split_lines
from workers.text.repeats import drop_repeats
from workers.text.sentences import split_sentences
from workers.text.spans import Span

# A standfirst or two may stand above the paragraph with the dateline.
_DATELINE_PARAGRAPHS = 4


def prepare(body: str, headline: str | None, language: Language) -> Document:
    """Return the document of a canonical ``body`` and ``headline``. Takes linear time.

    Where nothing but header lines and notices is found, they are taken for the story.
    """
    lines = split_lines(body)
    story, found = take_header(body, lines, headline)
    story = drop_notices(body, story)
    paragraphs = [
        _without_dateline(body, paragraph, language) if number < _DATELINE_PARAGRAPHS else paragraph
        for number, paragraph in enumerate(join_lines(body, story))
    ]
    sentences = _renumbered(drop_repeats(_sentences(body, paragraphs, language)))
    if not sentences:
        sentences, found = _renumbered(_sentences(body, lines, language)), None
    title = headline or found
    return Document(
        language=language,
        headline=_mended(title, language) if title else None,
        sentences=tuple(sentences),
        characters=len(body),
    )


def _without_dateline(body: str, paragraph: Span, language: Language) -> Span:
    text = _on_one_line(paragraph.of(body))
    return Span(paragraph.start + dateline_length(text, language), paragraph.end)


def _sentences(body: str, paragraphs: Sequence[Span], language: Language) -> list[Sentence]:
    """Return the sentences of the paragraphs, leaving out those without a letter or digit."""
    return [
        Sentence(_mended(span.of(body), language), span.start, span.end, number)
        for number, paragraph in enumerate(paragraphs)
        for span in _spans(body, paragraph, language)
        if any(map(str.isalnum, span.of(body)))
    ]


def _renumbered(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences with paragraphs that count from 0, whatever was dropped above."""
    numbers = {
        number: at for at, number in enumerate(dict.fromkeys(s.paragraph for s in sentences))
    }
    return [replace(sentence, paragraph=numbers[sentence.paragraph]) for sentence in sentences]


def _spans(body: str, paragraph: Span, language: Language) -> list[Span]:
    text = _on_one_line(paragraph.of(body))
    return [span.moved(paragraph.start) for span in split_sentences(text, language)]


def _on_one_line(text: str) -> str:
    """Return ``text`` with its line breaks made spaces, so that every offset stays."""
    return text.replace("\n", " ")


def _mended(text: str, language: Language) -> str:
    line = " ".join(text.split())
    return mend_apostrophes(line) if language is Language.ENGLISH else line
