r"""Scores of a summary against a reference, and how sure a difference between two systems is.

ROUGE is that of Lin, "ROUGE: A Package for Automatic Evaluation of Summaries" (2004), as F1. Every
language and every system is tokenised alike: the runs of ``\w`` in the case-folded text, after
Arabic vowel signs and tatweel are removed. Nothing is stemmed and no word is left out. chrF is that
of Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015), as computed by
sacrebleu for one sentence. All scores run from 0 to 100.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sacrebleu.metrics.chrf import CHRF

from khabar.word_forms import without_arabic_signs

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean difference with the ends of its interval."""

    mean: float
    low: float
    high: float


def words(text: str) -> list[str]:
    """Return the words that ROUGE counts."""
    return WORD.findall(without_arabic_signs(text).casefold())


def rouge_n(candidate: str, reference: str, n: int) -> float:
    """Return the F1 of the n-grams that the two texts share."""
    ours, theirs = _ngrams(words(candidate), n), _ngrams(words(reference), n)
    return _f1((ours & theirs).total(), ours.total(), theirs.total())


def rouge_l(candidate: str, reference: str) -> float:
    """Return the F1 of the longest common subsequence of the two texts' words."""
    ours, theirs = words(candidate), words(reference)
    return _f1(_longest_common_subsequence(ours, theirs), len(ours), len(theirs))


def chrf(candidate: str, reference: str) -> float:
    """Return chrF2 over character n-grams up to six, white space left out."""
    return float(CHRF().sentence_score(candidate, [reference]).score)


def paired_bootstrap(
    ours: Sequence[float], theirs: Sequence[float], *, resamples: int = 2000, seed: int = 2004
) -> Interval:
    """Return the mean of ``ours - theirs`` with its 95 % interval (Koehn, 2004).

    Both hold one score per item, in the same order. The items are drawn anew, with replacement,
    ``resamples`` times.
    """
    differences: npt.NDArray[np.float64] = np.asarray(ours, dtype=np.float64) - np.asarray(theirs)
    generator = np.random.default_rng(seed)
    size = len(differences)
    means = np.array(
        [differences[generator.integers(size, size=size)].mean() for _ in range(resamples)]
    )
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(differences.mean()), float(low), float(high))


def _ngrams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(tokens[start:] for start in range(n)), strict=False))


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 200 * shared / (ours + theirs) if shared else 0.0


def _longest_common_subsequence(first: list[str], second: list[str]) -> int:
    """Count by Hyyrö's bit-parallel recurrence (2004): one big integer holds a whole row."""
    places: dict[str, int] = {}
    for position, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << position
    whole = (1 << len(first)) - 1
    row = whole
    for word in second:
        met = row & places.get(word, 0)
        row = (row + met | row - met) & whole
    return len(first) - row.bit_count()
