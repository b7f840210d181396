"""A choice among what a search found, by the model of the other direction: the noisy channel.

A search follows what a model has written as much as what it reads, so a clause that it leaves out
costs it little. The model of the other direction, asked how probable the source is for one who
reads the translation, misses it (Yee et al. 2019, "Simple and Effective Noisy Channel Modeling for
Neural Machine Translation").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from khabar.languages import Direction, Language
from workers.protocols import Decoding, Engine, Hypothesis

CANDIDATES = 3
"""Of how many outputs one is chosen: each costs a reading by the other model."""


class Channel(Engine, Protocol):
    """A model that can tell how probable an output is."""

    def score(
        self, texts: Sequence[str], outputs: Sequence[str], *, target: Language
    ) -> list[float | None]:
        """Return how probable each output is where the text beside it is read.

        It is the mean log-probability of a token; None where either is longer than the model takes.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ChannelEngine:
    """Searches with ``direct``, and likes best what ``channel`` could have been read from.

    An output's own score counts once, the channel's ``weight`` times. ``direct`` reads ``source``,
    and ``channel`` what ``direct`` writes. Hypotheses keep their own scores. Compared by identity.
    """

    direct: Engine
    channel: Channel
    source: Language
    weight: float

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order. Raises EngineFailed."""
        wider = replace(decoding, n_best=max(decoding.n_best, CANDIDATES))
        found = self.direct.generate(sentences, wider, target=target)
        ranked = self._ranked(sentences, [(one, *one.others) for one in found])
        return [
            replace(first, others=tuple(others[: decoding.n_best - 1])) for first, *others in ranked
        ]

    def _ranked(
        self, sentences: Sequence[str], found: Sequence[Sequence[Hypothesis]]
    ) -> Iterator[list[Hypothesis]]:
        """Yield the outputs of each sentence, the best first."""
        candidates = [outputs[:CANDIDATES] if len(outputs) > 1 else () for outputs in found]
        scores = iter(
            self.channel.score(
                [one.text for some in candidates for one in some],
                [text for text, some in zip(sentences, candidates, strict=True) for _ in some],
                target=self.source,
            )
        )
        for outputs, some in zip(found, candidates, strict=True):
            best = self._by_both(some, [next(scores) for _ in some])
            yield [replace(one, others=()) for one in (*best, *outputs[len(some) :])]

    def _by_both(
        self, outputs: Sequence[Hypothesis], scores: Sequence[float | None]
    ) -> list[Hypothesis]:
        """Return the outputs by both scores; those that have not both stay behind."""
        known = {place: score for place, score in enumerate(scores) if score is not None}
        order = sorted(
            known,
            key=lambda place: outputs[place].score + self.weight * known[place],
            reverse=True,
        )
        unknown = [place for place in range(len(outputs)) if place not in known]
        return [outputs[place] for place in (*order, *unknown)]


def with_channels(
    engines: Mapping[Direction, Channel], weights: Mapping[Direction, float]
) -> dict[Direction, Engine]:
    """Return the engine of each direction, with that of the way back for its channel.

    It has one where it has a weight and there is a way back.
    """
    return {
        (source, target): ChannelEngine(
            engine, engines[target, source], source, weights[source, target]
        )
        if weights.get((source, target)) and (target, source) in engines
        else engine
        for (source, target), engine in engines.items()
    }
