"""What a model reads that learnt to read hints: the source's tokens with the hints among them."""

import re
from collections.abc import Sequence
from functools import lru_cache
from lzma import LZMAError
from pathlib import Path
from typing import Protocol

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.hints.insertion import insert_hints
from workers.hints.lexicon import HINTS, Lexicon

SPACE = "▁"
"""Sentencepiece's own sign for the space before a word."""
_BYTES = re.compile("(?:<0x[0-9A-F]{2}>)+")
_REMEMBERED = 1 << 15


class Pieces(Protocol):
    """As much of a vocabulary as is used here."""

    def encode(self, text: str) -> list[str]:
        """Return the pieces of a text."""
        ...


class Hints:
    """Writes hints into the sources of one model. Safe to use from several threads."""

    def __init__(self, lexicon: Lexicon, pieces: Pieces) -> None:
        self._lexicon, self._pieces = lexicon, pieces
        self._of_word = lru_cache(_REMEMBERED)(self._look_up)

    def among(
        self, tokens: Sequence[str], mark: Sequence[str], source: Language, target: Language
    ) -> list[str]:
        """Return the tokens of a source with its hints, each after ``mark``."""

        def hint(word: tuple[str, ...]) -> Sequence[str]:
            found = self._of_word(word, source, target)
            return (*mark, *found) if found else ()

        return insert_hints(tokens, begins_a_word, hint)

    def _look_up(self, word: tuple[str, ...], source: Language, target: Language) -> list[str]:
        text = self._lexicon.hint(text_of(word), source, target)
        return self._pieces.encode(text) if text else []


def load_hints(folder: Path, pieces: Pieces) -> Hints | None:
    """Return the hints of an installed model, if it reads any. Raises EngineFailed."""
    path = folder / HINTS
    if not path.is_file():
        return None
    try:
        return Hints(Lexicon.read(path), pieces)
    except (LZMAError, ValueError) as error:
        raise EngineFailed(f"The model's {HINTS} cannot be read: {error}") from error


def text_of(word: Sequence[str]) -> str:
    """Return what the pieces of a word say. Bytes stand for letters that have no piece."""
    text = "".join(word).replace(SPACE, "")
    return _BYTES.sub(_letters, text) if "<0x" in text else text


def _letters(found: re.Match[str]) -> str:
    numbers = found[0].replace("<0x", "").replace(">", "")
    return bytes.fromhex(numbers).decode(errors="ignore")


def begins_a_word(piece: str) -> bool:
    """Tell whether a piece is the first of a word."""
    return piece.startswith(SPACE)
