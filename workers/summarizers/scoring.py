"""What a sentence is worth in a summary."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workers.summarizers.centrality import Floats, SentenceVectors
from workers.summarizers.quotations import quoted_share
from workers.summarizers.reading import Reading
from workers.summarizers.standalone import Standing


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts.

    ``centrality``, ``headline`` and ``lead`` are the most a sentence can win for holding much of
    the article, for sharing the headline's words, and for standing first; ``quotation`` is what a
    sentence loses that is mostly a quotation, and ``redundancy`` what a pair loses that says the
    same.
    """

    centrality: float
    headline: float
    lead: float
    quotation: float
    redundancy: float


TUNED = Weights(centrality=1.0, headline=0.5, lead=0.5, quotation=0.5, redundancy=7.0)
"""Found on the newsbank without its held-out tenth (docs/decisions/0004)."""

MOSTLY_QUOTED = 0.35


def scores(
    readings: Sequence[Reading],
    vectors: SentenceVectors,
    headline: Sequence[str],
    weights: Weights,
) -> Floats:
    """Return the worth of each sentence.

    ``readings`` and ``vectors`` stand for the same sentences; ``headline`` holds the headline's
    terms, none where there is no headline.
    """
    quoted = [quoted_share(reading.text) > MOSTLY_QUOTED for reading in readings]
    worth: Floats = (
        weights.centrality * vectors.centrality()
        + weights.headline * vectors.likeness(headline)
        + weights.lead * _leads(readings)
        - weights.quotation * np.array(quoted, dtype=np.float64)
    )
    return worth


def _leads(readings: Sequence[Reading]) -> Floats:
    """Return 1 for the first sentence fit for a summary, a half for the second, and so on."""
    fit = np.array([reading.standing is not Standing.UNFIT for reading in readings], dtype=np.intp)
    return np.where(fit, 1 / np.maximum(fit.cumsum(), 1), 0.0)
