"""Sentences that say again what another sentence of the article says in full."""

from collections.abc import Sequence

SHARED = 0.8
"""The part of a line's words that makes it an echo of a longer one."""
REACH = 2
"""How many sentences further on the longer one may stand: a standfirst echoes the lead."""


def repeated(sentences: Sequence[Sequence[str]]) -> frozenset[int]:
    """Return the positions of sentences, given as terms, that can be left out.

    Those are later copies of a sentence, and lines whose words nearly all return in one of the next
    two sentences, which is longer.
    """
    seen: set[tuple[str, ...]] = set()
    found: set[int] = set()
    for position, terms in enumerate(sentences):
        if tuple(terms) in seen or _echoed(set(terms), sentences[position + 1 :][:REACH]):
            found.add(position)
        seen.add(tuple(terms))
    return frozenset(found)


def _echoed(terms: set[str], following: Sequence[Sequence[str]]) -> bool:
    return any(
        len(other) > len(terms) and len(terms & other) >= SHARED * len(terms)
        for other in map(set, following)
    )
