"""Whether the model got caught in a loop."""

import re
from collections.abc import Sequence

from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair

# How often in a row a run of so many words may stand before it is a loop. News has "very, very"
# and "step by step by step"; nobody writes four words twice.
_ROW_BY_LENGTH = {1: 4, 2: 3, 3: 3}
_LONG_ROW = 2

# The same few characters over and over, inside a word or a run of words.
_CHARACTER_LOOP = re.compile(r"([^\W\d_]{1,4})\1{5,}")

_WORD = re.compile(r"[^\W_]+")


class RepetitionCheck:
    """Fails an output that says the same words or letters over and over, unless its source does."""

    name = "repetition"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome."""
        loops = _loops(pair.output) and not _loops(pair.source)
        return outcome(self.name, "It repeats itself." if loops else None)


def _loops(text: str) -> bool:
    words = _WORD.findall(text.casefold())
    lengths = range(1, len(words) // 2 + 1)
    return bool(_CHARACTER_LOOP.search(text)) or any(
        _repeats(words, length, _ROW_BY_LENGTH.get(length, _LONG_ROW)) for length in lengths
    )


def _repeats(words: Sequence[str], length: int, times: int) -> bool:
    """Tell whether ``length`` words stand ``times`` times in a row somewhere.

    A run of numbers alone is no loop: scores may well repeat themselves.
    """
    matches = 0
    for position in range(length, len(words)):
        matches = matches + 1 if words[position] == words[position - length] else 0
        run = words[position - length + 1 : position + 1]
        if matches >= length * (times - 1) and not all(map(str.isdigit, run)):
            return True
    return False
