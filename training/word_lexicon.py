"""The lexicon that hints are from: counted out of the texts, and told by the dictionary."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from khabar.languages import Direction, Language
from training import carriers
from training.config import HintsConfig
from training.forms import without_yo
from training.gazetteer import SOURCE, WORDS
from training.meetings import Meetings, Numbers, Side
from training.news import DOCUMENTS
from training.pairs import TRAIN, TextPair
from workers.hints.lexicon import Entry, Lexicon
from workers.hints.stems import Stems, words

# They say again what other texts say.
_REPEATED = frozenset({DOCUMENTS, carriers.SOURCE})
# Written as translations of each other, so what they say needs no counting.
_TOLD = frozenset({SOURCE, WORDS})
_FUNCTION_WORDS = 100
"""The most frequent words go with everything, and translate nothing that is rare."""

_CLIPPED = frozenset({Language.ARABIC})
"""Stemming takes from some of its names what looks like a prefix: they share a stem with words."""


class _Told:
    """What a dictionary says.

    ``means`` has, by a stem's number, what it means: another stem's, or more than one word.
    ``forms`` has the word that the dictionary writes for a stem and another that it means.
    """

    def __init__(self) -> None:
        self.means = defaultdict[int, list[int | str]](list)
        self.forms: dict[tuple[int, int | str], str] = {}


def learn_lexicon(pairs: Iterable[TextPair], config: HintsConfig) -> Lexicon:
    """Count out of the pairs to learn from which word translates which.

    Where counting is not sure of a word that it met seldom, a dictionary or gazetteer among the
    pairs is asked; of several translations there, the one that is counted most is taken.
    """
    stemmed = {language: _Stemmed(language) for language in Language}
    texts = defaultdict[Direction, tuple[_Texts, _Texts]](lambda: (_Texts(), _Texts()))
    told = defaultdict[Direction, _Told](_Told)
    for pair in pairs:
        if pair.copy or pair.split != TRAIN or pair.source in _REPEATED:
            continue
        one = stemmed[pair.first].read(pair.first_text)
        other = stemmed[pair.second].read(pair.second_text)
        first, second = texts[pair.first, pair.second]
        first.add(one)
        second.add(other)
        if pair.source in _TOLD:
            _tell(told[pair.first, pair.second], one, other, pair)
            _tell(told[pair.second, pair.first], other, one, pair.turned)
    entries: list[Entry] = []
    for (one_language, other_language), (ones, others) in texts.items():
        ways = told[one_language, other_language], told[other_language, one_language]
        sides = ones.side, others.side
        entries += _entries(stemmed[one_language], stemmed[other_language], sides, ways, config)
    return Lexicon.of(entries)


def _tell(told: _Told, source: Sequence[int], target: Sequence[int], pair: TextPair) -> None:
    """Note what a dictionary says of one word. Of several words it says nothing of each."""
    if len(source) == 1 and target and len(words(pair.first_text, pair.first)) == 1:
        written = words(pair.second_text, pair.second)
        told.means[source[0]].append(target[0] if len(written) == 1 else pair.second_text)
        if len(written) == 1:
            told.forms.setdefault((source[0], target[0]), written[0])


class _Stemmed:
    """The stems of one language, numbered, and the words that each was written as."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.stems: list[str] = []
        self._made = Stems(language)
        self._numbers: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._written = Counter[str]()

    def read(self, text: str) -> list[int]:
        """Return the numbers of the stems of a text; words with digits have none."""
        found = words(text, self.language)
        self._written.update(found)
        numbers = (self._number(word) for word in found)
        return [number for number in numbers if number >= 0]

    def forms(self) -> list[str]:
        """Return the most frequent form of each stem."""
        best = [("", 0)] * len(self.stems)
        for word, count in self._written.items():
            number = self._known[word]
            if number >= 0 and count > best[number][1]:
                best[number] = (word, count)
        return [word for word, _ in best]

    def _number(self, word: str) -> int:
        number = self._known.get(word)
        if number is None:
            stem = self._made.of(word)
            number = self._numbers.setdefault(stem, len(self._numbers)) if stem else -1
            if number == len(self.stems):
                self.stems.append(stem)
            self._known[word] = number
        return number


class _Texts:
    def __init__(self) -> None:
        self._tokens: list[int] = []
        self._sizes: list[int] = []

    def add(self, numbers: Sequence[int]) -> None:
        self._tokens += numbers
        self._sizes.append(len(numbers))

    @property
    def side(self) -> Side:
        return Side(np.array(self._tokens, np.int64), np.array(self._sizes, np.int64))


class _Counted(NamedTuple):
    """One side of all meetings: its stems by rank and by meeting.

    ``chance`` is how likely the other token of a meeting translates this one, ``told`` what a
    dictionary says.
    """

    stemmed: _Stemmed
    counts: Numbers
    ranks: Numbers
    met: Numbers
    chance: Numbers
    told: _Told


def _entries(
    first: _Stemmed,
    second: _Stemmed,
    sides: tuple[Side, Side],
    told: tuple[_Told, _Told],
    config: HintsConfig,
) -> Iterator[Entry]:
    one, other = sides
    meetings = Meetings(one, other)
    there, back = meetings.chances()
    counts = np.bincount(one.tokens), np.bincount(other.tokens)
    here = _Counted(first, counts[0], _ranks(counts[0]), meetings.first, there, told[0])
    yonder = _Counted(second, counts[1], _ranks(counts[1]), meetings.second, back, told[1])
    yield from _one_way(here, yonder, config)
    yield from _one_way(yonder, here, config)


def _one_way(source: _Counted, target: _Counted, config: HintsConfig) -> Iterator[Entry]:
    """Yield the best translation of each stem that is wanted, and nothing for the others.

    The best is the one by both ways of counting; whether it is good enough, the first way says.
    A dictionary knows no more of a word than of its rarest use, so it is asked of rare words alone.
    """
    order = np.lexsort((-source.chance * target.chance, source.met))
    best = order[np.unique(source.met[order], return_index=True)[1]]
    source_forms, target_forms = source.stemmed.forms(), target.stemmed.forms()
    direction = source.stemmed.language, target.stemmed.language
    told = _told_of_rare_stems(source, target, config.seldom)
    for meeting in best.tolist():
        number, other = source.met[meeting], target.met[meeting]
        form = source_forms[number]
        counted = source.chance[meeting] >= config.likely
        likely = counted and target.ranks[other] >= _FUNCTION_WORDS
        chosen: int | str = other
        if not likely and number in told:
            likely, chosen = True, told[number]
        hint = without_yo(chosen if isinstance(chosen, str) else target_forms[chosen])
        if target.stemmed.language in _CLIPPED and not form.islower():
            hint = source.told.forms.get((number, chosen), hint)
        # What is written alike in both languages needs no hint either.
        needless = source.ranks[number] < config.frequent or form.casefold() == hint.casefold()
        # What is capitalised and not known is spelt by its sounds; a word in small letters is not.
        if needless or likely or form.islower():
            wanted = likely and not needless
            yield *direction, source.stemmed.stems[number], hint if wanted else ""


def _told_of_rare_stems(source: _Counted, target: _Counted, seldom: int) -> dict[int, int | str]:
    """Return what a dictionary says of each: of several translations the one counted most."""
    rare = [stem for stem in source.told.means if source.counts[stem] < seldom]
    rows = np.flatnonzero(np.isin(source.met, rare))
    chances = source.chance[rows] * target.chance[rows]
    meetings = zip(source.met[rows].tolist(), target.met[rows].tolist(), strict=True)
    counted: dict[tuple[int, int | str], float] = dict(zip(meetings, chances.tolist(), strict=True))
    found: dict[int, int | str] = {}
    for stem in rare:
        ranked = [
            (counted.get((stem, one), 0.0), -place)
            for place, one in enumerate(source.told.means[stem])
        ]
        # The first of several that are counted alike.
        found[stem] = source.told.means[stem][-max(ranked)[1]]
    return found


def _ranks(counts: Numbers) -> Numbers:
    ranks = np.empty(len(counts), np.int64)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return ranks
