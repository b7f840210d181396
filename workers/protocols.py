"""What the pipeline asks of a summarizer, a translator, an engine and a check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from khabar.languages import Language
from khabar.summary import Check, Length, ModelUse
from workers.text.document import Document


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence proposed for a summary.

    ``sources`` are positions in ``Document.sentences`` of the sentences it rests on.
    """

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a summarizer hands on.

    ``sentences`` stand in reading order; ``sentences_read`` counts from the document's first.
    """

    headline: str
    sentences: tuple[DraftSentence, ...]
    sentences_read: int


class Summarizer(Protocol):
    """Makes a summary of a document in the document's own language."""

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The models that take part."""
        ...

    def summarise(self, document: Document, length: Length) -> Draft:
        """Return a draft of the asked length.

        Raises NothingToSummarise if no sentence could stand in a summary.
        """
        ...


@dataclass(frozen=True, slots=True)
class Decoding:
    """How an engine searches for an output.

    ``beam_size`` 1 is greedy. ``n_best`` is how many outputs are returned of each sentence: the
    search has no more than ``beam_size``. ``max_length`` bounds the output, in
    tokens, and so the time taken; it does not end before ``min_length``. ``repetition_penalty`` 1
    does nothing; ``no_repeat_ngram`` 0 forbids nothing.
    """

    beam_size: int = 4
    n_best: int = 1
    min_length: int = 1
    max_length: int = 256
    length_penalty: float = 1.0
    repetition_penalty: float = 1.0
    no_repeat_ngram: int = 0


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure a model was of its words, and how sure a recipe asks it to be.

    Both are mean log-probabilities of a token.
    """

    score: float
    least: float

    @property
    def enough(self) -> bool:
        """Whether it was as sure as is asked."""
        return self.score >= self.least


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a model made of one sentence.

    ``tokens`` counts the output; ``finished`` is false where the output was cut at the token limit.
    ``score`` is the mean log-probability of a token. ``certainty`` is there where the recipe
    asks how sure the model has to be. ``others`` are what the search found next, in the order in
    which it prefers them; there are none of a sentence that was cut into pieces.
    """

    text: str
    tokens: int
    finished: bool
    score: float
    certainty: Certainty | None = None
    others: tuple["Hypothesis", ...] = ()


class Engine(Protocol):
    """Runs one sequence-to-sequence model. Safe to call from several threads at once."""

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order.

        ``target`` chooses the output language of a model that has several. Raises EngineFailed.
        """
        ...


class Translator(Protocol):
    """Translates sentences between two fixed languages."""

    @property
    def source(self) -> Language:
        """The language it reads."""
        ...

    @property
    def target(self) -> Language:
        """The language it writes."""
        ...

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The models that take part."""
        ...

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one translation for each sentence, in order. Raises EngineFailed."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence of a summary beside the text it must agree with, for a check to compare."""

    source: str
    source_language: Language
    output: str
    output_language: Language


class SentenceCheck(Protocol):
    """Looks at one pair. ``name`` is stable and stands in the summary."""

    @property
    def name(self) -> str:
        """The check's stable name."""
        ...

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome, with a message where the pair failed."""
        ...
