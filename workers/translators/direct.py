"""Translation by one model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from khabar.languages import Language
from khabar.summary import ModelUse
from workers.protocols import Certainty, Decoding, Engine, Hypothesis


@dataclass(frozen=True, slots=True)
class DirectTranslator:
    """Asks an engine for one direction. An engine that must know its source is told before.

    With ``doubt_below``, a translation says whether its ``score`` reaches that: how much a model
    trusts its own words says much of how good they are (Fomicheva et al. 2020, "Unsupervised
    Quality Estimation for Neural Machine Translation").
    """

    engine: Engine
    source: Language
    target: Language
    models: tuple[ModelUse, ...]
    doubt_below: float | None = None

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one translation for each sentence, in order. Raises EngineFailed."""
        found = self.engine.generate(sentences, decoding, target=self.target)
        if self.doubt_below is None:
            return found
        return [_weighed(hypothesis, self.doubt_below) for hypothesis in found]


def _weighed(hypothesis: Hypothesis, least: float) -> Hypothesis:
    others = tuple(_weighed(other, least) for other in hypothesis.others)
    return replace(hypothesis, certainty=Certainty(hypothesis.score, least), others=others)
