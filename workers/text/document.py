"""An article as the workers see it: cleaned, and cut into sentences that know where they stand."""

from dataclasses import dataclass

from khabar.languages import Language


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article.

    ``text`` is the sentence as it should be read: dateline and agency tag gone, apostrophes mended,
    white space collapsed. ``start`` and ``end`` count Unicode code points of the canonical body,
    ``end`` excluded; the slice between them is what the sentence was made from. ``paragraph``
    counts from 0.
    """

    text: str
    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned article.

    ``headline`` is the one given with the article or, failing that, the one found at the top of the
    body. ``characters`` is the length of the canonical body.
    """

    language: Language
    headline: str | None
    sentences: tuple[Sentence, ...]
    characters: int
