"""Whether the months and days of the week are those of the source."""

from collections.abc import Iterator

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.calendar import certain, possible
from workers.checks.numerals import numerals
from workers.checks.outcome import outcome
from workers.protocols import Pair


class DatesCheck:
    """Fails an output that lacks a month or day of the week of its source, or names another.

    A month may be written as a number. Days of the month and years are numbers, and not looked at.
    """

    name = "dates"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome, with the names at fault as the source or the output spells them.

        Within one language the output may leave dates out: it is a summary of its source.
        """
        added = _missing(pair.output, pair.output_language, pair.source, pair.source_language)
        problem = f"Not in the source: {', '.join(added)}." if added else None
        if pair.source_language is pair.output_language:
            return outcome(self.name, problem)
        lost = _missing(pair.source, pair.source_language, pair.output, pair.output_language)
        return outcome(self.name, f"Missing: {', '.join(lost)}." if lost else problem)


def _missing(text: str, language: Language, other: str, other_language: Language) -> list[str]:
    """Return the months and days of a text that are not in another."""
    spoken = certain(text, language)
    if not spoken:
        return []
    there = {*possible(other, other_language), *_months_in_digits(other, other_language)}
    return [spelled for name, spelled in spoken.items() if name not in there]


def _months_in_digits(text: str, language: Language) -> Iterator[str]:
    for numeral in numerals(text, language):
        yield from (f"month {int(value)}" for value in numeral.values if value == int(value))
