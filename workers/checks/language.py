"""Whether the output is in the language it should be in, and not in a neighbour of it."""

from khabar.identify import MIN_LETTERS, plainly_other
from khabar.languages import FACTS
from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair


class LanguageCheck:
    """Fails an output that plainly is in another language, as many-to-many models slip into one.

    Bulgarian for Russian or Persian for Arabic is in the right script. A doubt passes, and so does
    what is too short to tell.
    """

    name = "language"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; a pair of one language passes."""
        if pair.source_language is pair.output_language or _letters(pair.output) < MIN_LETTERS:
            return outcome(self.name, None)
        other = plainly_other(pair.output, pair.output_language)
        wanted = FACTS[pair.output_language].english_name
        return outcome(self.name, f"Not {wanted}: {other.told}." if other else None)


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
