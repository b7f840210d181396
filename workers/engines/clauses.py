"""Cutting a sentence that is too long for a model, so that all of it is read."""

import re
from collections.abc import Callable
from dataclasses import dataclass

# From the best place for a cut to the worst. A cut comes after the mark or at the white space, and
# never inside a number, since a comma there is followed by no space.
_BORDERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<=[.!?…؟])\s+",
        r"(?<=[;؛:])\s+",
        r"\s+(?=[—–])",
        r"(?<=[,،])\s+",
        r"\s+",
    )
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of a sentence. ``joiner`` stood before it and joins it to the piece before."""

    text: str
    joiner: str


def split_clauses(sentence: str, fits: Callable[[str], bool]) -> list[Clause]:
    """Cut a sentence into pieces that fit, each as near the middle as the best border allows.

    The pieces with their joiners make up the whole sentence. A run of characters without white
    space is cut in two where it stands; a single character is kept even if it does not fit.
    """
    return _split(Clause(sentence, ""), fits)


def _split(clause: Clause, fits: Callable[[str], bool]) -> list[Clause]:
    if len(clause.text) < 2 or fits(clause.text):
        return [clause]
    start, end = _nearest_border(clause.text)
    left = Clause(clause.text[:start], clause.joiner)
    right = Clause(clause.text[end:], clause.text[start:end])
    return _split(left, fits) + _split(right, fits)


def _nearest_border(text: str) -> tuple[int, int]:
    """Return where the border nearest the middle begins and ends, of the best kind there is.

    Marks count in the middle half only, so that no sliver is left; white space counts anywhere.
    """
    middle = len(text) / 2
    for border in _BORDERS:
        reach = middle if border is _BORDERS[-1] else middle / 2
        places = [match.span() for match in border.finditer(text)]
        near = [place for place in places if abs(place[0] - middle) < reach]
        if near:
            return min(near, key=lambda place: abs(place[0] - middle))
    return len(text) // 2, len(text) // 2
