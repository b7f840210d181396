"""An engine whose concurrent callers share its calls."""

from collections.abc import Sequence
from typing import Protocol

from khabar.languages import Language
from workers.batching.batcher import Batcher
from workers.batching.request import Asked
from workers.protocols import Decoding, Engine, Hypothesis


class ReadingEngine(Engine, Protocol):
    """An engine that can be told what language it reads, without loading its weights again."""

    def reading(self, source: Language) -> Engine:
        """Return the same model for texts of one language."""
        ...


class BatchingEngine:
    """Stands before an engine and promises what that one promises.

    What is asked with the same decoding and target goes to ``engine`` in common calls; everything
    that is asked of one batcher keeps to its limits and its order.
    """

    def __init__(self, engine: Engine, batcher: Batcher) -> None:
        self._engine = engine
        self._batcher = batcher

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order. Raises what the engine raises."""
        asked = Asked(self._engine, decoding, target)
        if not sentences:
            return asked.generate(sentences)
        return self._batcher.run(asked, sentences)


class BatchedModel:
    """One loaded model: its languages share the weights and the batcher, but no calls."""

    def __init__(self, engine: ReadingEngine, batcher: Batcher) -> None:
        self._engine = engine
        self._batcher = batcher
        self._views: dict[Language, BatchingEngine] = {}

    def reading(self, source: Language) -> BatchingEngine:
        """Return the model for texts of one language: the same view each time it is asked for."""
        if source not in self._views:
            view = BatchingEngine(self._engine.reading(source), self._batcher)
            self._views.setdefault(source, view)
        return self._views[source]

    def through(self, engine: Engine) -> BatchingEngine:
        """Return a way to an engine that asks this model: through its batcher."""
        return BatchingEngine(engine, self._batcher)

    def close(self) -> None:
        """Finish what was taken in, and end the batcher's threads."""
        self._batcher.close()
