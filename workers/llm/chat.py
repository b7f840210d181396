"""What is said to a language model and what it answers, wherever it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Message = Mapping[Literal["role", "content"], str]
Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote. ``whole`` is false where it was cut at the limit of tokens."""

    text: str
    whole: bool


class ChatModel(Protocol):
    """A language model that follows instructions. Safe to use from several threads."""

    def complete(
        self,
        messages: Sequence[Message],
        schema: Schema,
        *,
        max_tokens: int,
        frequency_penalty: float = 0.0,
    ) -> Completion:
        """Return the answer to a system's message and a user's, as JSON if the model can.

        ``schema`` describes it in JSON Schema; nobody promises that it is kept. A penalty above 0
        makes repetition less likely. Raises EngineFailed and ModelMissing.
        """
        ...
