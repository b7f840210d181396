"""Whether every quotation has its two marks."""

import re
from collections import Counter

from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair

# The same mark twice, or a quotation with nothing in it. “ and » may stand side by side: in Russian
# they close two levels.
_DOUBLED = re.compile('[„«]\\s*[”»“]|««|»»|““|””|„„|“”|""')


class QuotationCheck:
    """Fails an output with a quotation that is opened and not closed, or with a doubled mark.

    Marks of two levels may stand side by side. A quotation that runs on over several sentences is
    open in the source too, and then may be in the output.
    """

    name = "quotation"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome."""
        return outcome(self.name, _problem(pair.source, pair.output))


def _problem(source: str, output: str) -> str | None:
    if _DOUBLED.search(output) and not _DOUBLED.search(source):
        return "A quotation mark is doubled."
    if _is_open(output) and not _is_open(source):
        return "A quotation is not closed, or not opened."
    return None


def _is_open(text: str) -> bool:
    """Tell whether marks are left without their partner.

    “ closes a quotation in Russian („…“) and opens one in English, so the curly marks are counted
    together.
    """
    count = Counter(text)
    curly = count["“"] + count["”"] + count["„"]
    return count["«"] != count["»"] or curly % 2 == 1 or count['"'] % 2 == 1
