"""Asking a model, and asking once more where the answer cannot be used."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from khabar.errors import EngineFailed
from workers.llm.answers import BadAnswer
from workers.llm.chat import ChatModel, Completion, Message, Schema
from workers.llm.prompts import asked_again

_log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")


def ask(
    model: ChatModel,
    messages: Sequence[Message],
    schema: Schema,
    read: Callable[[Completion], Answer],
    *,
    max_tokens: int,
    frequency_penalty: float = 0.0,
) -> Answer:
    """Return what ``read`` makes of the model's answer.

    Where ``read`` raises BadAnswer, the model is told why and asked again, once. Raises
    EngineFailed.
    """
    try:
        return read(
            model.complete(
                messages, schema, max_tokens=max_tokens, frequency_penalty=frequency_penalty
            )
        )
    except BadAnswer as bad:
        reason = bad.reason
    _log.info("the model is asked again", reason=reason)
    again = asked_again(messages, reason)
    try:
        return read(
            model.complete(
                again, schema, max_tokens=max_tokens, frequency_penalty=frequency_penalty
            )
        )
    except BadAnswer as bad:
        raise EngineFailed(
            f"The language model's answer cannot be used. {bad.reason}",
            hint="Try a larger model, or one that follows a JSON schema.",
        ) from bad
