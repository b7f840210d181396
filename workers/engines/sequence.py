"""What every engine that rewrites sentences does around its model."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

from khabar.languages import Language
from workers.engines.clauses import split_clauses
from workers.engines.found import Found, engine_failures
from workers.engines.listening import CallListener
from workers.engines.segments import Segment, join_hypotheses
from workers.engines.steering import Steering
from workers.engines.vocabulary import Vocabulary
from workers.hints.sources import Hints
from workers.protocols import Decoding, Hypothesis


class SequenceEngine(ABC):
    """A model of the kind that reads a sentence and writes one, for all threads of a process.

    A sentence longer than the model reads is cut at clause borders, and its pieces' outputs are
    joined again; ``Decoding.max_length`` then bounds each piece.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        steering: Steering,
        on_call: CallListener,
        hints: Hints | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._hints = hints
        self._steering = steering
        self._on_call = on_call

    def reading(self, source: Language) -> Self:
        """Return the same model told what language it reads, which some models must be."""
        told = copy.copy(self)
        told._steering = self._steering.reading(source)  # noqa: SLF001 -- a copy of this engine.
        return told

    def without_hints(self) -> Self:
        """Return the same model without what it would be told about rare words."""
        told = copy.copy(self)
        told._hints = None  # noqa: SLF001 -- a copy of this engine.
        return told

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order. Raises EngineFailed.

        A sentence of white space gives an empty hypothesis, and the model is not asked.
        """
        self._steering.require(target)
        segments = [
            segment
            for position, sentence in enumerate(sentences)
            for segment in self._segments(position, sentence, target)
        ]
        hypotheses = self._run(segments, decoding, target) if segments else []
        return join_hypotheses(segments, hypotheses, len(sentences))

    def fits(self, text: str, target: Language) -> bool:
        """Tell whether the model reads ``text`` at once."""
        return self._steering.fits(self._encode(text, target), target)

    @abstractmethod
    def _search(
        self, inputs: Sequence[Sequence[str]], prefix: Sequence[str], decoding: Decoding
    ) -> list[Found]:
        """Return the best output for each input; every output begins with ``prefix``.

        May raise RuntimeError and ValueError, which become EngineFailed.
        """

    def _segments(self, position: int, sentence: str, target: Language) -> list[Segment]:
        if not sentence.strip():
            return []
        clauses = split_clauses(sentence.strip(), lambda text: self.fits(text, target))
        return [
            Segment(position, clause.joiner, self._encode(clause.text, target))
            for clause in clauses
        ]

    def _encode(self, text: str, target: Language) -> list[str]:
        tokens = self._vocabulary.encode(self._steering.text(text, target))
        source = self._steering.source
        if self._hints is None or source is None:
            return tokens
        return self._hints.among(tokens, self._steering.mark(target), source, target)

    def _run(
        self, segments: Sequence[Segment], decoding: Decoding, target: Language
    ) -> list[Hypothesis]:
        inputs = [self._steering.input(segment.tokens, target) for segment in segments]
        self._on_call(len(segments))
        with engine_failures():
            found = self._search(inputs, self._steering.output_prefix(target), decoding)
        return [output.hypothesis(self._vocabulary) for output in found]
