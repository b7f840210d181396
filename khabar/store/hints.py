"""Hints: what a message on a queue says."""

import json
from dataclasses import dataclass
from typing import Self

from khabar.queues import Priority, Stage


@dataclass(frozen=True, slots=True)
class Hint:
    """This computation may be claimed. Nothing is lost if nobody hears of it."""

    id: str
    stage: Stage
    priority: Priority

    @classmethod
    def decode(cls, text: str) -> Self:
        """Build a hint from what a script answered."""
        fields = json.loads(text)
        return cls(fields["id"], Stage(fields["stage"]), Priority(fields["priority"]))
