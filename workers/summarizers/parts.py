"""An article in parts that a model can read at once, cut on the borders of its sentences."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

Fits = Callable[[str], bool]
"""Tells whether a model reads the whole of a text at once."""

SMALLEST_LAST = 0.5
"""A last part shorter than this, as a part of the one before it, shares its text with that one."""


@dataclass(frozen=True, slots=True)
class Part:
    """Text for one call; ``end`` sentences of the article are read whole when it has been read."""

    text: str
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a stretch of one that is too long for the model. ``end`` as in a part."""

    text: str
    end: int


def split_parts(sentences: Sequence[str], fits: Fits, most: int) -> list[Part]:
    """Return the first ``most`` parts of an article, as few and as full as the model allows.

    A sentence that does not fit by itself is cut at white space. Asks ``fits`` about
    logarithmically often for each part, never with much more than twice the text that fits.
    """
    pieces = list(_pieces(sentences, fits))
    groups = list(islice(_groups(pieces, fits), most))
    if len(groups) > 1 and _size(groups[-1]) < SMALLEST_LAST * _size(groups[-2]):
        groups[-2:] = _halves([*groups[-2], *groups[-1]], fits) or groups[-2:]
    return [Part(_joined(group), group[-1].end) for group in groups]


def split_evenly(sentences: Sequence[str], count: int) -> list[list[str]]:
    """Return the sentences in ``count`` runs, or fewer, of about the same number of characters."""
    total = sum(map(len, sentences))
    runs: list[list[str]] = [[] for _ in range(count)]
    before = 0
    for sentence in sentences:
        middle = before + len(sentence) / 2
        runs[min(count - 1, int(count * middle / max(1, total)))].append(sentence)
        before += len(sentence)
    return [run for run in runs if run]


def _pieces(sentences: Sequence[str], fits: Fits) -> Iterator[Piece]:
    for position, sentence in enumerate(sentences):
        *texts, last = _cut(sentence, fits)
        yield from (Piece(text, position) for text in texts)
        yield Piece(last, position + 1)


def _cut(text: str, fits: Fits) -> list[str]:
    """Return the text in pieces that fit; a word that does not fit by itself is left whole."""
    words = text.split()
    if len(words) < 2 or fits(text):
        return [text]
    middle = len(words) // 2
    return _cut(" ".join(words[:middle]), fits) + _cut(" ".join(words[middle:]), fits)


def _groups(pieces: Sequence[Piece], fits: Fits) -> Iterator[Sequence[Piece]]:
    start = 0
    while start < len(pieces):
        end = _end_of_group(pieces, start, fits)
        yield pieces[start:end]
        start = end


def _end_of_group(pieces: Sequence[Piece], start: int, fits: Fits) -> int:
    """Return where the longest run that fits ends; the first piece is in it, fit or not."""
    length = 1
    while start + length < len(pieces) and fits(_joined(pieces[start : start + 2 * length])):
        length *= 2
    end, limit = (min(len(pieces), start + most) for most in (length, 2 * length))
    while end < limit:
        middle = (end + limit + 1) // 2
        if fits(_joined(pieces[start:middle])):
            end = middle
        else:
            limit = middle - 1
    return end


def _halves(pieces: Sequence[Piece], fits: Fits) -> list[Sequence[Piece]]:
    """Return the pieces in two runs of like size that fit, or nothing where there are none."""
    texts = [piece.text for piece in pieces]
    first = len(split_evenly(texts, 2)[0])
    halves = [pieces[:first], pieces[first:]]
    return halves if all(half and fits(_joined(half)) for half in halves) else []


def _size(pieces: Sequence[Piece]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _joined(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)
