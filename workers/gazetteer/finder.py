"""Where the names of the gazetteer stand in a text."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from khabar.languages import Language
from workers.gazetteer.entries import Entry, entries
from workers.gazetteer.forms import is_from_a_place, readings, words
from workers.gazetteer.kinship import keys
from workers.gazetteer.once import once

Index = dict[str, list[tuple[tuple[str, ...], Entry]]]
"""The entries by the key of their first word, the longest first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A name as a text spells it, and the entries that it may be."""

    text: str
    entries: tuple[Entry, ...]


def find(text: str, language: Language) -> list[Found]:
    """Return the names in a text, in order; where one stands within another, the longer one.

    Takes time in proportion to the text.
    """
    spelled = words(text, language)
    read = [readings(word, language) for word in spelled]
    found: list[Found] = []
    start = 0
    while start < len(spelled):
        matches = _matches(spelled, read, start, language)
        length = max((length for length, _ in matches), default=0)
        if length:
            longest = tuple(entry for size, entry in matches if size == length)
            found.append(Found(" ".join(spelled[start : start + length]), longest))
        start += max(1, length)
    return found


def _matches(
    spelled: Sequence[str], read: Sequence[frozenset[str]], start: int, language: Language
) -> list[tuple[int, Entry]]:
    """Return the entries that begin at a word, each with its number of words."""
    return [
        (len(wanted), entry)
        for first in read[start]
        for wanted, entry in _index(language).get(first, ())
        if len(wanted) <= len(spelled) - start
        and all(word in read[start + place] for place, word in enumerate(wanted))
        and (
            _has_case(spelled[start], entry.forms[language].lstrip("«").split()[0])
            or is_from_a_place(spelled[start], language)
        )
    ]


def _has_case(word: str, first: str) -> bool:
    """Tell whether a word is written with the capital letters that the first of a name has."""
    if first.isupper() and len(first) > 1:
        return word.isupper()
    return word[0].isupper() or not first[0].isupper()


@once
def _index(language: Language) -> Index:
    index: Index = defaultdict(list)
    for entry in entries():
        wanted = keys(entry, language)
        index[wanted[0]].append((wanted, entry))
    return dict(index)
