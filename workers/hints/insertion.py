"""Hints in their places: each after the word it is for."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Token = TypeVar("Token")
_LONGEST = 32
"""In tokens. What is longer is no word, and would only fill the memory of words met before."""


def insert_hints(
    tokens: Sequence[Token],
    begins: Callable[[Token], bool],
    hint: Callable[[tuple[Token, ...]], Sequence[Token]],
) -> list[Token]:
    """Return the tokens with what ``hint`` says of each word after it.

    A word is as many tokens as there are up to the next one that ``begins`` another. A very long
    one is not asked about.
    """
    found: list[Token] = []
    start = 0
    for place in range(1, len(tokens) + 1):
        if place == len(tokens) or begins(tokens[place]):
            found += tokens[start:place]
            if place - start <= _LONGEST:
                found += hint(tuple(tokens[start:place]))
            start = place
    return found
