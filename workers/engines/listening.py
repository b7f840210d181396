"""Who is told of the calls of a model."""

from collections.abc import Callable

CallListener = Callable[[int], None]
"""Called before each call of a model, with the number of segments or prompts it gets."""


def ignore(_: int) -> None:
    """Listen to no call."""
