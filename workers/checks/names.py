"""Whether the names of the output are those of the source."""

from collections.abc import Iterable

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.gazetteer.demanded import is_demanded
from workers.gazetteer.entries import Entry
from workers.gazetteer.finder import Found, find
from workers.gazetteer.kinship import kin
from workers.gazetteer.likeness import WordsOf
from workers.protocols import Pair


class NamesCheck:
    """Fails an output that lacks a name of its source that the gazetteer knows, or has another.

    A country may become its people and the reverse, and a name may be spelled in several ways. A
    name that comes on top of those of the source is taken for an explanation ("the Indian city of
    Lucknow") and passes.
    """

    name = "names"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome, with the names as their own side spells them.

        A pair of one language passes: a summary may leave names out.
        """
        source, output = (pair.source, pair.source_language), (pair.output, pair.output_language)
        if pair.source_language is pair.output_language:
            return outcome(self.name, None)
        if lost := names_missing(*source, *output):
            return outcome(self.name, f"Missing: {', '.join(lost)}.")
        other = names_missing(*output, *source)
        instead = other and len(find(*source)) >= len(find(*output))
        return outcome(self.name, f"Not in the source: {', '.join(other)}." if instead else None)


def names_missing(text: str, language: Language, other: str, other_language: Language) -> list[str]:
    """Return the names of a text, by the gazetteer, that are not in another text."""
    names = [found for found in find(text, language) if is_demanded(found, language)]
    if not names:
        return []
    words = WordsOf(other, other_language)
    return [found.text for found in names if not _stands(found, words)]


def _stands(found: Found, words: WordsOf) -> bool:
    return words.have_word(found.text) or any(map(words.have, _alike(found.entries)))


def _alike(entries: Iterable[Entry]) -> frozenset[Entry]:
    return frozenset[Entry]().union(*(kin()[entry] for entry in entries))
