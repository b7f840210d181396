"""The pieces of sentences that a model is given, and how their outputs become sentences again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workers.protocols import Hypothesis

NOTHING = Hypothesis(text="", tokens=0, finished=True, score=0.0)


@dataclass(frozen=True, slots=True)
class Segment:
    """Tokens that a model gets at once.

    ``position`` is that of the sentence they are from; ``joiner`` stood before them there.
    """

    position: int
    joiner: str
    tokens: Sequence[str]


def join_hypotheses(
    segments: Iterable[Segment], hypotheses: Iterable[Hypothesis], sentences: int
) -> list[Hypothesis]:
    """Return one hypothesis a sentence: its segments' outputs, joined as the source was.

    A sentence without segments has an empty, finished hypothesis.
    """
    joined = [NOTHING] * sentences
    for segment, hypothesis in zip(segments, hypotheses, strict=True):
        joined[segment.position] = _join(joined[segment.position], segment.joiner, hypothesis)
    return joined


def _join(first: Hypothesis, joiner: str, second: Hypothesis) -> Hypothesis:
    if first is NOTHING:
        return second
    tokens = first.tokens + second.tokens
    total = first.score * first.tokens + second.score * second.tokens
    return Hypothesis(
        text=f"{first.text}{joiner}{second.text}",
        tokens=tokens,
        finished=first.finished and second.finished,
        score=total / max(1, tokens),
    )
