"""Whether the output is about as long as a translation of the source would be."""

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.outcome import outcome
from workers.protocols import Pair

_EN, _RU, _AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC

# The shortest and the longest, in characters of output for each character of source. Printed by
# ``python -m benchmarks.length_bounds``, from nine tenths of the project's own sentence pairs.
BOUNDS: dict[tuple[Language, Language], tuple[float, float]] = {
    (_EN, _RU): (0.69, 1.48),
    (_EN, _AR): (0.57, 1.31),
    (_RU, _EN): (0.67, 1.45),
    (_RU, _AR): (0.59, 1.32),
    (_AR, _EN): (0.76, 1.74),
    (_AR, _RU): (0.76, 1.70),
}

# Short texts vary more than long ones: so many characters are added on both sides before dividing.
SLACK = 10


class LengthCheck:
    """Fails an output that is far shorter or longer than translations of such a source are."""

    name = "length"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; a pair of one language passes: a summary may well be shorter."""
        bounds = BOUNDS.get((pair.source_language, pair.output_language))
        if bounds is None:
            return outcome(self.name, None)
        ratio = length_ratio(pair.source, pair.output)
        least, most = bounds
        if least <= ratio <= most:
            return outcome(self.name, None)
        return outcome(self.name, f"It has {ratio:.2f} times the length of its source.")


def length_ratio(source: str, output: str) -> float:
    """Return the ratio that the bounds are for."""
    return (len(output) + SLACK) / (len(source) + SLACK)
