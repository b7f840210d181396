"""Alignment of a summary's sentences with the article's by the words they share.

A word weighs as much as its inverse document frequency within the article (Spärck Jones, 1972),
names and numbers weigh more and function words next to nothing. A sentence's sources are those that
together cover most of its weight: the best one, then whatever adds enough to it, which is the
greedy search for a maximum coverage (Nemhauser, Wolsey and Fisher, 1978).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log1p

from khabar.languages import Language
from workers.checks.number_words import word_values
from workers.checks.numerals import numerals
from workers.provenance.function_words import function_words
from workers.text.document import Document
from workers.text.words import POSSESSIVE, WORD, terms

MOST_SOURCES = 3
LEAST_SUPPORT = 0.05
"""The part of a sentence's weight that its first source must share with it."""
LEAST_GAIN = 0.08
"""The part of a sentence's weight that each further source must add."""

ROOT_LETTERS = 4
"""Letters that words of one family mostly share: "dismissed" and "dismissal"."""
FUNCTION_WORD_WEIGHT = 0.1
NAME_WEIGHT = 1.5
NUMBER_WEIGHT = 1.0
"""On top of what the number weighs as a word."""
LEAST_NUMBER_WORD = 3
"""One and two are in too many words that count nothing."""

_FUNCTION_MARK = "~"

Features = Mapping[str, float]
"""What two sentences can share, and what each weighs before its frequency is looked at."""


def align(sentences: Sequence[str], document: Document) -> list[tuple[int, ...]]:
    """Return the positions of the sentences of the document that each sentence rests on.

    One to three, the strongest first; none only where no sentence shares enough with it. A sentence
    that stands in the document as it is has exactly that source. Takes time in proportion to the
    words of both.
    """
    evidence = _Evidence(document)
    return [evidence.sources(sentence) for sentence in sentences]


class _Evidence:
    """An article's sentences, by what is in them."""

    def __init__(self, document: Document) -> None:
        self._language = document.language
        self._texts = {s.text: place for place, s in reversed([*enumerate(document.sentences)])}
        self._places: dict[str, list[int]] = defaultdict(list)
        for place, sentence in enumerate(document.sentences):
            for feature in features(sentence.text, document.language):
                self._places[feature].append(place)
        self._count = len(document.sentences)

    def sources(self, sentence: str) -> tuple[int, ...]:
        """Return the positions of a sentence's sources, the strongest first."""
        if sentence in self._texts:
            return (self._texts[sentence],)
        missing = {
            feature: weight * log1p(self._count / max(1, len(self._places.get(feature, ()))))
            for feature, weight in features(sentence, self._language).items()
        }
        total = sum(missing.values())
        found: list[int] = []
        while len(found) < MOST_SOURCES:
            gains = self._gains(missing)
            place = min(gains, key=lambda at: (-gains[at], at), default=None)
            least = LEAST_GAIN if found else LEAST_SUPPORT
            if place is None or gains[place] < least * total:
                break
            found.append(place)
            missing = {f: w for f, w in missing.items() if place not in self._places.get(f, ())}
        return tuple(found)

    def _gains(self, missing: Features) -> dict[int, float]:
        """Return what each sentence would add, of those that share more than function words."""
        gains: dict[int, float] = defaultdict(float)
        telling: set[int] = set()
        for feature, weight in missing.items():
            places = self._places.get(feature, ())
            if not feature.startswith(_FUNCTION_MARK):
                telling.update(places)
            for place in places:
                gains[place] += weight
        return {place: gains[place] for place in telling}


def features(text: str, language: Language) -> dict[str, float]:
    """Return what another sentence may share with this one.

    Each word gives its term and its root, half of its weight for each: words of one family share
    the root alone. Numbers are the same in digits and in words.
    """
    names = _names(text, language)
    empty = function_words(language)
    found: dict[str, float] = {}
    for term in terms(text, language):
        if term in empty:
            found[f"{_FUNCTION_MARK}{term}"] = FUNCTION_WORD_WEIGHT
            continue
        weight = NAME_WEIGHT if term in names else 1.0
        found[term] = weight / 2
        root = f"{term[:ROOT_LETTERS]}-"
        found[root] = max(found.get(root, 0.0), weight / 2)
    values = {str(value) for numeral in numerals(text, language) for value in numeral.values}
    values |= {str(value) for value in word_values(text, language) if value >= LEAST_NUMBER_WORD}
    return found | {f"#{value}": NUMBER_WEIGHT for value in values}


def _names(text: str, language: Language) -> frozenset[str]:
    """Return the terms of capitalised words after the first. Arabic has no capital letters."""
    words = WORD.findall(POSSESSIVE.sub("", text))[1:]
    return frozenset(terms(" ".join(filter(str.istitle, words)), language))
