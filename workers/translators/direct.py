"""Translation by one model."""

from collections.abc import Sequence
from dataclasses import dataclass

from khabar.languages import Language
from khabar.summary import ModelUse
from workers.protocols import Decoding, Engine, Hypothesis


@dataclass(frozen=True, slots=True)
class DirectTranslator:
    """Asks an engine for one direction. An engine that must know its source is told before."""

    engine: Engine
    source: Language
    target: Language
    models: tuple[ModelUse, ...]

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one translation for each sentence, in order. Raises EngineFailed."""
        return self.engine.generate(sentences, decoding, target=self.target)
