"""Pairs of texts that say the same, and the file they are kept in between two steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from pathlib import Path
from typing import Self

from khabar.languages import Language

TRAIN = "train"
VALIDATION = "validation"

_LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.ARABIC)
DIRECTIONS: tuple[tuple[Language, Language], ...] = tuple(permutations(_LANGUAGES, 2))
PAIRED: tuple[tuple[Language, Language], ...] = tuple(combinations(_LANGUAGES, 2))
"""Each two languages once."""


@dataclass(frozen=True, slots=True)
class TextPair:
    """Two texts of one meaning.

    ``source`` names where they are from, as the mix knows it. ``copy`` 0 is the text as it was
    written, good in both directions; a higher number is that noisy copy of ``first``, which is
    only ever read and never written by the model.
    """

    source: str
    first: Language
    second: Language
    first_text: str
    second_text: str
    copy: int = 0
    split: str = TRAIN

    @property
    def turned(self) -> Self:
        """The same pair, the other way round."""
        return replace(
            self,
            first=self.second,
            second=self.first,
            first_text=self.second_text,
            second_text=self.first_text,
        )


def direction_name(first: Language, second: Language) -> str:
    """Return the name of a direction, like ``en-ru``."""
    return f"{first.value}-{second.value}"


def write_pairs(path: Path, pairs: Iterable[TextPair]) -> int:
    """Write one pair a line, seven tab-separated fields, and return how many there were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for count, pair in enumerate(pairs, start=1):  # noqa: B007 - It is the result.
            row = (
                pair.split,
                pair.source,
                pair.first.value,
                pair.second.value,
                str(pair.copy),
                pair.first_text,
                pair.second_text,
            )
            stream.write("\t".join(row) + "\n")
    return count


def read_pairs(path: Path) -> Iterator[TextPair]:
    """Yield what ``write_pairs`` wrote."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            split, source, first, second, copy, first_text, second_text = line[:-1].split("\t")
            yield TextPair(
                source, Language(first), Language(second), first_text, second_text, int(copy), split
            )
