"""What every engine that continues prompts does around its model."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Protocol

from khabar.errors import EngineFailed
from workers.engines.found import Found, engine_failures
from workers.engines.listening import CallListener
from workers.engines.vocabulary import TransformersVocabulary
from workers.models.manifest import Manifest
from workers.protocols import Decoding, Hypothesis


class TextGenerator(Protocol):
    """Continues prompts. Safe to call from several threads at once."""

    def complete(self, prompts: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one continuation for each prompt, in order.

        A prompt is what a user says to the model; a model that was taught a form of conversation
        gets it in that form. Raises EngineFailed.
        """
        ...


class PromptEngine(ABC):
    """A model without an encoder, for all threads of a process."""

    def __init__(
        self, vocabulary: TransformersVocabulary, manifest: Manifest, on_call: CallListener
    ) -> None:
        self._vocabulary = vocabulary
        self._manifest = manifest
        self._on_call = on_call

    def complete(self, prompts: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one continuation for each prompt, in order.

        Raises EngineFailed, also for a prompt that is longer than the model reads.
        """
        if not prompts:
            return []
        inputs = [self._encode(prompt) for prompt in prompts]
        self._on_call(len(inputs))
        limit = min(decoding.max_length, self._manifest.max_target_tokens)
        with engine_failures():
            found = self._search(inputs, decoding, limit)
        return [output.hypothesis(self._vocabulary) for output in found]

    @abstractmethod
    def _search(
        self, inputs: Sequence[Sequence[str]], decoding: Decoding, limit: int
    ) -> list[Found]:
        """Return the best continuation of each input, at most ``limit`` tokens long.

        May raise RuntimeError and ValueError, which become EngineFailed.
        """

    def _encode(self, prompt: str) -> list[str]:
        tokens = self._vocabulary.encode_prompt(prompt)
        if len(tokens) > self._manifest.max_source_tokens:
            raise EngineFailed(
                f"The prompt has more tokens than {self._manifest.id} reads.",
                limit=self._manifest.max_source_tokens,
                given=len(tokens),
                hint="If it reads more, say so in the recipe: max_source_tokens.",
            )
        return tokens
