"""A language model that runs in the worker itself, on torch or CTranslate2."""

from collections.abc import Sequence

from workers.engines.completion import TextGenerator
from workers.llm.chat import Completion, Message, Schema
from workers.protocols import Decoding


class LocalChat:
    """Says everything to a generator in one message, which the templates of all models allow.

    No schema can be forced here: what the model writes is checked like a server's answer.
    """

    def __init__(self, generator: TextGenerator) -> None:
        self._generator = generator

    def complete(
        self,
        messages: Sequence[Message],
        schema: Schema,  # noqa: ARG002 -- The prompt shows the form in words.
        *,
        max_tokens: int,
        frequency_penalty: float = 0.0,
    ) -> Completion:
        """Return the model's answer. Raises EngineFailed."""
        prompt = "\n\n".join(message["content"] for message in messages)
        decoding = Decoding(
            beam_size=1, max_length=max_tokens, repetition_penalty=1 + frequency_penalty
        )
        (hypothesis,) = self._generator.complete([prompt], decoding)
        return Completion(hypothesis.text, hypothesis.finished)
