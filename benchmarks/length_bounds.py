"""Prints the bounds of the length check: ``python -m benchmarks.length_bounds``."""

import numpy as np

from benchmarks.sentence_pairs import DIRECTIONS, body_lines
from workers.checks.length import length_ratio

# One pair in a thousand lies outside on either side.
_TAIL = 0.001


def main() -> None:
    """Read nine tenths of the items; the last tenth is for measuring the check."""
    lines = [line for line in body_lines() if not line.held_out]
    print(f"{len(lines)} sentences; {_TAIL:.1%} of the pairs lie below and as many above.")
    for source, target in DIRECTIONS:
        pairs = [line.pair(source, target) for line in lines]
        ratios = [length_ratio(pair.source, pair.output) for pair in pairs]
        least, most = np.quantile(ratios, [_TAIL, 1 - _TAIL])
        print(f"{source.value} -> {target.value}: ({least:.2f}, {most:.2f})")


if __name__ == "__main__":
    main()
