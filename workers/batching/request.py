"""What one caller wants of an engine, and the pieces it is worked on in."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from khabar.languages import Language
from workers.batching.limits import Limits
from workers.protocols import Decoding, Engine, Hypothesis


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be the same for sentences to share a call. Engines are compared by identity."""

    engine: Engine
    decoding: Decoding
    target: Language

    def generate(self, sentences: Sequence[str]) -> list[Hypothesis]:
        """Ask the engine. Raises what it raises."""
        return self.engine.generate(sentences, self.decoding, target=self.target)


class Request:
    """The sentences of one caller, who waits until all have their hypotheses or one has failed."""

    def __init__(self, asked: Asked, sentences: Sequence[str], due: float) -> None:
        self.asked = asked
        self.due = due
        self.sentences = tuple(sentences)
        self.characters = sum(map(len, sentences))
        self._results: list[Hypothesis | None] = [None] * len(sentences)
        self._missing = len(sentences)
        self._error: Exception | None = None
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether the caller has got, or is about to get, its answer."""
        return self._ended.is_set()

    def pieces(self, limits: Limits) -> Iterator["Piece"]:
        """Yield the sentences in groups of like length that fit into one call each."""
        by_length = sorted(range(len(self.sentences)), key=lambda at: -len(self.sentences[at]))
        positions: list[int] = []
        characters = 0
        for position in by_length:
            length = len(self.sentences[position])
            full = len(positions) == limits.batch_sentences
            if positions and (full or characters + length > limits.batch_characters):
                yield Piece(self, tuple(positions))
                positions, characters = [], 0
            positions.append(position)
            characters += length
        yield Piece(self, tuple(positions))

    def put(self, positions: Sequence[int], hypotheses: Sequence[Hypothesis]) -> None:
        """Take the hypotheses of some of the sentences. One piece is settled at a time."""
        for position, hypothesis in zip(positions, hypotheses, strict=True):
            self._results[position] = hypothesis
        self._missing -= len(positions)
        if not self._missing:
            self._ended.set()

    def fail(self, error: Exception) -> None:
        """End the request with an error; what comes for it later is dropped."""
        self._error = self._error or error
        self._ended.set()

    def wait(self) -> list[Hypothesis]:
        """Return the hypotheses in the order of the sentences. Raises what the engine raised."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        return [hypothesis for hypothesis in self._results if hypothesis is not None]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some sentences of a request, by their positions in it: all of them, if they are few."""

    request: Request
    positions: tuple[int, ...]
    characters: int = field(init=False)

    def __post_init__(self) -> None:
        total = sum(map(len, self.sentences))
        object.__setattr__(self, "characters", total)

    @property
    def sentences(self) -> list[str]:
        """The texts, longest first."""
        return [self.request.sentences[position] for position in self.positions]
