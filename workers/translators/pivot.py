"""Translation by way of a third language, for a direction that has no model of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from khabar.languages import Language
from khabar.summary import ModelUse
from workers.protocols import Certainty, Decoding, Hypothesis, Translator


@dataclass(frozen=True, slots=True)
class PivotTranslator:
    """Translates with ``first``, and what that wrote with ``second``.

    Raises ValueError when it is made of two that do not meet.
    """

    first: Translator
    second: Translator

    def __post_init__(self) -> None:
        if self.first.target is not self.second.source:
            msg = f"{self.first.target} is written, and {self.second.source} would be read."
            raise ValueError(msg)

    @property
    def source(self) -> Language:
        """The language it reads."""
        return self.first.source

    @property
    def target(self) -> Language:
        """The language it writes."""
        return self.second.target

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The models of both steps, each once."""
        return tuple(dict.fromkeys(self.first.models + self.second.models))

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one translation for each sentence, in order. Raises EngineFailed.

        A translation is finished if both steps were, and its score is the mean over the tokens of
        both: a guess in the first step is a guess in the result. It is as certain as the step that
        was further below what is asked, or less far above it. What else was found is what the
        second step found.
        """
        middle = self.first.translate(sentences, decoding)
        final = self.second.translate([step.text for step in middle], decoding)
        return [_both(before, after) for before, after in zip(middle, final, strict=True)]


def _both(before: Hypothesis, after: Hypothesis) -> Hypothesis:
    total = before.score * before.tokens + after.score * after.tokens
    return Hypothesis(
        text=after.text,
        tokens=after.tokens,
        finished=before.finished and after.finished,
        score=total / max(1, before.tokens + after.tokens),
        certainty=_less(before.certainty, after.certainty),
        others=tuple(_both(before, other) for other in after.others),
    )


def _less(*certainties: Certainty | None) -> Certainty | None:
    known = [one for one in certainties if one is not None]
    return min(known, key=lambda one: one.score - one.least, default=None)
