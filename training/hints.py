"""Hints for rare words, in the sources that a model learns them by.

A model that learns for minutes, or on few cores, meets most words too seldom to learn them, while
counting finds what they mean. So the words outside the most frequent are told in the source, each
after its word and the target's tag (``workers.hints``). What is told is what the lexicon says,
right or wrong, so that the model learns not to trust it blindly; though it is right more often than
it will be later, having been counted out of these very texts.
"""

import random
from collections.abc import Sequence

from khabar.languages import Language
from training.config import HintsConfig
from training.vocabulary import Pieces, piece_names, tag_ids
from workers.hints.insertion import insert_hints
from workers.hints.lexicon import Lexicon
from workers.hints.sources import begins_a_word, text_of


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
