"""The sentences of an article, each with what a summary must know of it."""

from dataclasses import dataclass

from khabar.languages import Language
from workers.summarizers.repetition import repeated
from workers.summarizers.standalone import Standing, standing
from workers.summarizers.trimming import without_connective
from workers.text.document import Document
from workers.text.words import terms


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence of an article.

    ``alone`` is how it reads where the sentence before it is missing; ``standing`` is what it needs
    beside it then. ``repeated`` tells that another sentence says the same, or that it has no word.
    """

    text: str
    alone: str
    terms: tuple[str, ...]
    standing: Standing
    repeated: bool


def read(document: Document) -> list[Reading]:
    """Return a reading of each of the document's sentences, in order."""
    words = [tuple(terms(sentence.text, document.language)) for sentence in document.sentences]
    left_out = repeated(words) | {place for place, found in enumerate(words) if not found}
    return [
        _reading(sentence.text, document.language, words[place], place, place in left_out)
        for place, sentence in enumerate(document.sentences)
    ]


def _reading(
    text: str, language: Language, words: tuple[str, ...], place: int, left_out: bool
) -> Reading:
    alone = without_connective(text, language)
    need = Standing.UNFIT if left_out else standing(alone, language, first=place == 0)
    if need is Standing.FOLLOWING:
        alone = text
    return Reading(text, alone, words, need, left_out)
