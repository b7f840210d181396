"""As much of CTranslate2 and transformers as the engines use: they tell little of their types."""

from collections.abc import Sequence
from typing import Any, Protocol


class NativeTranslation(Protocol):
    """What the library returns for one input, best hypothesis first."""

    @property
    def hypotheses(self) -> list[list[str]]:
        """The tokens written, with the end token where one was reached."""
        ...

    @property
    def scores(self) -> list[float]:
        """The sums of the log-probabilities, divided by length ** length_penalty."""
        ...


class NativeScores(Protocol):
    """What the library returns for an input and an output."""

    @property
    def log_probs(self) -> list[float]:
        """The log-probability of each token of the output, and of the end token."""
        ...


class NativeTranslator(Protocol):
    """A ``ctranslate2.Translator``; it takes calls from several threads."""

    def translate_batch(
        self,
        source: list[list[str]],
        target_prefix: list[list[str]] | None = None,
        **options: object,
    ) -> Sequence[NativeTranslation]:
        """Return one result for each input, in order."""
        ...

    def score_batch(
        self, source: list[list[str]], target: list[list[str]], **options: object
    ) -> Sequence[NativeScores]:
        """Return one result for each pair, in order."""
        ...


class NativeCompletion(Protocol):
    """What a generator returns for one prompt, best continuation first."""

    @property
    def sequences(self) -> list[list[str]]:
        """The tokens written, with the end token where one was reached."""
        ...

    @property
    def scores(self) -> list[float]:
        """The sums of the log-probabilities, divided by length ** length_penalty."""
        ...


class NativeGenerator(Protocol):
    """A ``ctranslate2.Generator``; it takes calls from several threads."""

    def generate_batch(
        self, start_tokens: list[list[str]], **options: object
    ) -> Sequence[NativeCompletion]:
        """Return one result for each prompt, in order."""
        ...


class TorchModel(Protocol):
    """A model of transformers in torch's memory."""

    config: Any
    generation_config: Any

    @property
    def device(self) -> Any:  # noqa: ANN401 -- torch has the type, and may be missing.
        """Where its weights are."""
        ...

    def generate(self, **options: object) -> Any:  # noqa: ANN401 -- one type for each search.
        """Search for outputs."""
        ...
