"""How many sentences a summary has."""

from collections.abc import Callable
from math import ceil

from khabar.summary import Length

LONGEST = 6
SENTENCES_FOR_THREE = 9

COUNTS: dict[Length, Callable[[int], int]] = {
    Length.HEADLINE: lambda available: min(available, 1),
    Length.SHORT: lambda available: (
        3 if available >= SENTENCES_FOR_THREE else min(2, ceil(available / 2))
    ),
    Length.LONG: lambda available: min(LONGEST, max(1, 2 * available // 3), available),
}
"""The most sentences of a summary, by the number of different sentences in the article."""
