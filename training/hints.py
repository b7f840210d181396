"""Hints for rare words: the lexicon they are from, and the sources that a model learns them by.

A model that learns for minutes, or on few cores, meets most words too seldom to learn them, while
counting finds what they mean. So the words outside the most frequent are told in the source, each
after its word and the target's tag (``workers.hints``). What is told is what the lexicon says,
right or wrong, so that the model learns not to trust it blindly; though it is right more often than
it will be later, having been counted out of these very texts.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from khabar.languages import Language
from training import carriers
from training.config import HintsConfig
from training.meetings import Meetings, Numbers, Side
from training.news import DOCUMENTS
from training.pairs import TRAIN, TextPair
from training.vocabulary import Pieces, piece_names, tag_ids
from workers.hints.insertion import insert_hints
from workers.hints.lexicon import Entry, Lexicon
from workers.hints.sources import begins_a_word, text_of
from workers.hints.stems import Stems, words

# They say again what other texts say.
_REPEATED = frozenset({DOCUMENTS, carriers.SOURCE})
_FUNCTION_WORDS = 100
"""The most frequent words go with everything, and translate nothing that is rare."""


class HintedSources:
    """Writes hints into sources: a lexicon's, some left out at random."""

    def __init__(self, lexicon: Lexicon, pieces: Pieces, config: HintsConfig, seed: int) -> None:
        self._lexicon, self._pieces, self._config = lexicon, pieces, config
        self._tags = tag_ids(pieces)
        self._names = piece_names(pieces)
        self._begins = [begins_a_word(name) for name in self._names]
        self._chance = random.Random(seed)  # noqa: S311 - No secret hangs on it.
        self._known: dict[tuple[Language, Language, bool, str], list[int]] = {}
        self._encoded: dict[str, list[int]] = {}

    def hinted(self, row: Sequence[int], source: Language, target: Language) -> list[int]:
        """Return the pieces of a source with those of all hints for a target language."""
        return insert_hints(
            row, self._begins.__getitem__, lambda word: self._hint(word, source, target)
        )

    def with_some_hints(self, row: Sequence[int], source: Language, target: Language) -> list[int]:
        """Return the pieces with some of the hints, at random, to learn from."""
        if self._chance.random() < self._config.none:
            return list(row)
        # A capital at the beginning does not tell a name.
        inside = False

        def hint(word: tuple[int, ...]) -> list[int]:
            nonlocal inside
            by_sound = self._chance.random() < self._config.by_sound and inside
            inside = True
            found = self._hint(word, source, target, by_sound=by_sound)
            return [] if found and self._chance.random() < self._config.left_out else found

        return insert_hints(row, self._begins.__getitem__, hint)

    def _hint(
        self, word: Sequence[int], source: Language, target: Language, *, by_sound: bool = False
    ) -> list[int]:
        text = text_of([self._names[piece] for piece in word])
        key = (source, target, by_sound, text)
        if key not in self._known:
            hint = self._lexicon.hint(text, source, target, by_sound=by_sound)
            self._known[key] = self._written(hint, target) if hint else []
        return self._known[key]

    def _written(self, hint: str, target: Language) -> list[int]:
        if hint not in self._encoded:
            (self._encoded[hint],) = self._pieces.encode([hint])
        return [self._tags[target], *self._encoded[hint]]


def learn_lexicon(pairs: Iterable[TextPair], config: HintsConfig) -> Lexicon:
    """Count out of the pairs to learn from which word translates which."""
    stemmed = {language: _Stemmed(language) for language in Language}
    texts = defaultdict[tuple[Language, Language], tuple[_Texts, _Texts]](
        lambda: (_Texts(), _Texts())
    )
    for pair in pairs:
        if pair.copy or pair.split != TRAIN or pair.source in _REPEATED:
            continue
        first, second = texts[pair.first, pair.second]
        first.add(stemmed[pair.first].read(pair.first_text))
        second.add(stemmed[pair.second].read(pair.second_text))
    entries: list[Entry] = []
    for (one, other), (ones, others) in texts.items():
        entries += _entries(stemmed[one], stemmed[other], ones.side, others.side, config)
    return Lexicon.of(entries)


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

    ``chance`` is how likely the other token of a meeting translates this one.
    """

    stemmed: _Stemmed
    ranks: Numbers
    met: Numbers
    chance: Numbers


def _entries(
    first: _Stemmed, second: _Stemmed, one: Side, other: Side, config: HintsConfig
) -> Iterator[Entry]:
    meetings = Meetings(one, other)
    there, back = meetings.chances()
    here = _Counted(first, _ranks(one.tokens), meetings.first, there)
    yonder = _Counted(second, _ranks(other.tokens), meetings.second, back)
    yield from _one_way(here, yonder, config)
    yield from _one_way(yonder, here, config)


def _one_way(source: _Counted, target: _Counted, config: HintsConfig) -> Iterator[Entry]:
    """Yield the best translation of each stem that is wanted, and nothing for the others.

    The best is the one by both ways of counting; whether it is good enough, the first way says.
    """
    order = np.lexsort((-source.chance * target.chance, source.met))
    best = order[np.unique(source.met[order], return_index=True)[1]]
    source_forms, target_forms = source.stemmed.forms(), target.stemmed.forms()
    direction = source.stemmed.language, target.stemmed.language
    for meeting in best.tolist():
        number, other = source.met[meeting], target.met[meeting]
        form, hint = source_forms[number], target_forms[other]
        likely = source.chance[meeting] >= config.likely and target.ranks[other] >= _FUNCTION_WORDS
        # What is written alike in both languages needs no hint either.
        needless = source.ranks[number] < config.frequent or form.casefold() == hint.casefold()
        # What is capitalised and not known is spelt by its sounds; a word in small letters is not.
        if needless or likely or form.islower():
            wanted = likely and not needless
            yield *direction, source.stemmed.stems[number], hint if wanted else ""


def _ranks(tokens: Numbers) -> Numbers:
    counts = np.bincount(tokens)
    ranks = np.empty(len(counts), np.int64)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return ranks
