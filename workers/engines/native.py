"""As much of CTranslate2 as the engine uses: the library ships no types."""

from collections.abc import Sequence
from typing import Protocol


class NativeResult(Protocol):
    """What the library returns for one input, best hypothesis first."""

    @property
    def hypotheses(self) -> list[list[str]]:
        """The tokens written, with the end token where one was reached."""
        ...

    @property
    def scores(self) -> list[float]:
        """The sums of the log-probabilities, divided by length ** length_penalty."""
        ...


class NativeTranslator(Protocol):
    """A ``ctranslate2.Translator``; it takes calls from several threads."""

    def translate_batch(
        self,
        source: list[list[str]],
        target_prefix: list[list[str]] | None = None,
        **options: object,
    ) -> Sequence[NativeResult]:
        """Return one result for each input, in order."""
        ...
