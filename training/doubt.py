"""How well a model's own score tells its bad translations: whence a recipe's ``doubt_below``.

The mean log-probability of a token goes with the quality of a translation, though no reference is
looked at (Fomicheva et al. 2020, "Unsupervised Quality Estimation for Neural Machine Translation").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from sacrebleu.metrics.chrf import CHRF

from khabar.languages import Direction
from training.engines import load_directions
from training.news import Triple
from training.pairs import direction_name
from workers.engines.channel import with_channels
from workers.models.store import InstalledModel
from workers.protocols import Decoding

SHARES = (0.1, 0.2, 0.3)
WORST = 0.1
"""The share of sentences, by chrF, that should be doubted before all others."""
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What it brings to doubt the ``share`` of a direction's translations with the lowest scores.

    ``bound`` is the highest of those scores; ``doubted`` and ``trusted`` are the mean chrF of the
    sentences up to it and over it (no number where there are none), and ``caught`` the share of the
    worst tenth by chrF that is doubted.
    """

    direction: str
    share: float
    bound: float
    doubted: float
    trusted: float
    caught: float


def doubts(
    models: Sequence[InstalledModel],
    rows: Sequence[Triple],
    decoding: Decoding,
    channel_weights: Mapping[Direction, float] = MappingProxyType({}),
) -> Iterator[Doubt]:
    """Translate the rows in each direction of the models, and yield what each share brings.

    Where a direction has a weight, the model of the way back has a say in what is chosen. Raises
    DirectionTwice.
    """
    chrf, engines = CHRF(), with_channels(load_directions(models), channel_weights)
    for (source, target), engine in engines.items():
        written = engine.generate([row[source] for row in rows], decoding, target=target)
        qualities = [
            chrf.sentence_score(one.text, [row[target]]).score
            for one, row in zip(written, rows, strict=True)
        ]
        scores = np.array([one.score for one in written])
        name = direction_name(source, target)
        for share in SHARES:
            yield weigh(name, share, scores, np.array(qualities))


def weigh(direction: str, share: float, scores: _Numbers, qualities: _Numbers) -> Doubt:
    """Return what it brings to doubt a share, from the score and the chrF of each sentence."""
    bound = float(np.quantile(scores, share))
    under = scores <= bound
    worst = qualities <= np.quantile(qualities, WORST)
    return Doubt(
        direction,
        share,
        bound,
        float(qualities[under].mean()),
        float(qualities[~under].mean()) if not under.all() else float("nan"),
        float(under[worst].mean()),
    )


def doubt_table(found: Sequence[Doubt]) -> str:
    """Return the findings in Markdown, one share of one direction a line."""
    heads = "| direction | doubted | score under | their chrF | chrF of the others | caught |"
    lines = [
        f"| {one.direction} | {one.share:.0%} | {one.bound:.2f} | {one.doubted:.1f} | "
        f"{one.trusted:.1f} | {one.caught:.0%} |"
        for one in found
    ]
    return "\n".join([heads, "| --- |" + " ---: |" * 5, *lines])
