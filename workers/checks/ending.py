"""Whether the output ends where a sentence may end."""

import re

from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair

_END = re.compile(r"[.!?…؟۔][\"'»”’“)\]]*$")


class EndingCheck:
    """Fails an output without a full stop whose source has one: the model was cut short."""

    name = "ending"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; what follows a source without a full stop passes."""
        cut = ends(pair.source) and not ends(pair.output)
        return outcome(self.name, "It breaks off before its end." if cut else None)


def ends(text: str) -> bool:
    """Tell whether a text ends with a full stop or its like, closing marks after it aside."""
    return bool(_END.search(text.rstrip()))
