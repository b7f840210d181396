"""Entries of the gazetteer that may stand for one another: Britain, Great Britain and the British.

A translation may say "Turkish" where its source says "of Turkey". A people goes with the country
whose names its own names begin like, in the three languages taken together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from itertools import takewhile

from khabar.languages import Language
from workers.gazetteer.entries import Entry, entries
from workers.gazetteer.forms import key, words
from workers.gazetteer.once import once

_PLACES = frozenset({"country", "region"})
_PEOPLE = "demonym"

_LONGEST_PREFIX = 6
_SHORTEST_PREFIX = 3
_LEAST_LIKENESS = 1.6
"""Of at most 3: the sum, over the languages, of the part of a name that both begin with."""

# Those whose names do not show it, by their English names.
_UNLIKE = (
    ("United States", "USA", "United States of America", "American", "Americans", "an American"),
    ("United Kingdom", "Britain", "Great Britain", "British", "Britons", "a Briton"),
    ("United Arab Emirates", "UAE", "Emirati"),
    ("United Nations", "UN", "United Nations Organization"),
    ("European Union", "EU"),
    ("France", "French", "French people", "a Frenchman"),
    ("Denmark", "Danish"),
    ("Wales", "Welsh"),
    ("North Macedonia", "Macedonian"),
    ("Ivory Coast", "Cote d'Ivoire", "Ivorian"),
    ("Germany", "German", "Germans", "a German national"),
    ("China", "Chinese", "People's Republic of China", "a Chinese national"),
    ("Russia", "Russian", "Russians", "Russian Federation", "a Russian citizen"),
    ("North Korea", "North Korean", "DPRK"),
    ("Scotland", "Scottish"),
    ("Myanmar", "Burmese"),
    ("Spain", "Spanish", "Spaniards"),
)

Group = frozenset[Entry]


@once
def kin() -> dict[Entry, Group]:
    """Return, for each entry, all that may stand for it, itself among them."""
    everything = entries()
    groups: dict[Entry, set[Entry]] = {entry: {entry} for entry in everything}
    for alike in (*_same_form(everything), *_peoples(everything), *_unlike(everything)):
        merged = set().union(*(groups[entry] for entry in alike))
        for entry in merged:
            groups[entry] = merged
    frozen = {id(group): frozenset(group) for group in groups.values()}
    return {entry: frozen[id(group)] for entry, group in groups.items()}


@cache
def keys(entry: Entry, language: Language) -> tuple[str, ...]:
    """Return the keys of the words of an entry's form."""
    return tuple(key(word, language) for word in words(entry.forms[language], language))


def _same_form(everything: Iterable[Entry]) -> Iterable[Collection[Entry]]:
    by_form: dict[tuple[Language, tuple[str, ...]], list[Entry]] = defaultdict(list)
    for entry in everything:
        for language in Language:
            by_form[language, keys(entry, language)].append(entry)
    return by_form.values()


def _peoples(everything: Sequence[Entry]) -> Iterable[Collection[Entry]]:
    places = [entry for entry in everything if entry.kind in _PLACES]
    for people in (entry for entry in everything if entry.kind == _PEOPLE):
        likeness, place = max(
            ((_likeness(people, place), place) for place in places), key=lambda pair: pair[0]
        )
        if likeness >= _LEAST_LIKENESS:
            yield people, place


def _unlike(everything: Iterable[Entry]) -> Iterable[Collection[Entry]]:
    for names in _UNLIKE:
        yield [entry for entry in everything if entry.forms[Language.ENGLISH] in names]


def _likeness(one: Entry, other: Entry) -> float:
    return sum(_shared(_joined(one, language), _joined(other, language)) for language in Language)


@cache
def _joined(entry: Entry, language: Language) -> str:
    return "".join(keys(entry, language))


def _shared(one: str, other: str) -> float:
    """Return the part of a name that the other begins with, from 0 to 1."""
    if one[:_SHORTEST_PREFIX] != other[:_SHORTEST_PREFIX]:
        return 0.0
    same = takewhile(lambda letters: letters[0] == letters[1], zip(one, other, strict=False))
    longest = min(_LONGEST_PREFIX, len(one), len(other))
    return min(1.0, sum(1 for _ in same) / longest)
