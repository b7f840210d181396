"""Finding the JSON object in what a language model wrote."""

import json
import re

# Models that reason aloud do so first, in these marks; some servers leave the opening one out.
_REASONING = re.compile(r"\A.*</think>", re.DOTALL)
# An answer has one object; whoever opens hundreds is rambling.
_MOST_TRIES = 50

_DECODER = json.JSONDecoder()


def first_object(text: str) -> dict[str, object] | None:
    """Return the first whole JSON object in ``text``, whatever stands around it, or None."""
    answer = _REASONING.sub("", text)
    position = answer.find("{")
    for _ in range(_MOST_TRIES):
        if position < 0:
            break
        try:
            found, _end = _DECODER.raw_decode(answer, position)
        except (ValueError, RecursionError):
            position = answer.find("{", position + 1)
        else:
            return found if isinstance(found, dict) else None
    return None
