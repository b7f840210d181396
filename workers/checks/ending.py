"""Whether the output ends where a sentence may end."""

import re

from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair

_ENDED = re.compile(r"[.!?…؟۔][\"'»”’“)\]]*$")


class EndingCheck:
    """Fails an output without a full stop whose source has one: the model was cut short."""

    name = "ending"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; what follows a source without a full stop passes."""
        cut = _ENDED.search(pair.source.rstrip()) and not _ENDED.search(pair.output.rstrip())
        return outcome(self.name, "It breaks off before its end." if cut else None)
