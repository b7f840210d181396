"""Whether the numbers of the source are all in the output, and no others."""

import re
from collections.abc import Iterable

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.counts import counts
from workers.checks.number_words import word_values
from workers.checks.numerals import Numeral, numerals, scales_in
from workers.checks.outcome import outcome
from workers.protocols import Pair

_PERCENT = re.compile(
    r"[%٪]|\bper ?cent\b|\bпроцент(?:а|ов|ы|ам|ами|ах|у|ом)?\b|(?:في |ب)(?:ال)?م(?:ائ|ئ|أ)ة",
    re.IGNORECASE,
)
# What may stand for it on the other side.
_SHARE = re.compile(
    r"percentage|\bpoints?\b|процент|\bп\. ?п\.|пункт|نقاط|نقطة|مئوي|بمئة", re.IGNORECASE
)
# And where no number in digits stands before it: "a percentage of".
_RATE = re.compile("نسبة")
_WORDS_BEFORE = 3
"""The number may stand so many words before, as in "two and a half percent"."""
_CHARACTERS_BEFORE = 40
# One and two are often no word at all: "a week", and the Arabic dual.
_SILENT = frozenset({1, 2})


class NumbersCheck:
    """Fails an output that lacks a number of its source, or has one in digits that is not there.

    Numbers in digits count, and those from three to twelve in words. A number may be written as a
    word on the other side, and in other digits or with other marks.
    """

    name = "numbers"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome, with the numbers at fault as the output or the source spells them.

        Within one language the output may leave numbers out: it is a summary of its source.
        """
        source = numerals(pair.source, pair.source_language)
        output = numerals(pair.output, pair.output_language)
        added = _unmatched(output, source, _spoken(pair.source, pair.source_language))
        problem = f"Not in the source: {', '.join(added)}." if added else None
        if pair.source_language is pair.output_language:
            return outcome(self.name, problem)
        return outcome(self.name, _lost(pair, source, output) or problem)


def _lost(pair: Pair, source: list[Numeral], output: list[Numeral]) -> str | None:
    spoken = _spoken(pair.output, pair.output_language)
    lost = _unmatched(source, output, spoken) + _uncounted(pair, output, spoken)
    return f"Missing: {', '.join(lost)}." if lost else _percent_problem(pair)


def _unmatched(wanted: Iterable[Numeral], there: Iterable[Numeral], words: set[int]) -> list[str]:
    values = {value for numeral in there for value in numeral.values}
    return [
        numeral.text
        for numeral in wanted
        if not numeral.is_name
        and numeral.values.isdisjoint(values)
        and numeral.values.isdisjoint(words)
    ]


def _uncounted(pair: Pair, there: Iterable[Numeral], words: set[int]) -> list[str]:
    """Return the number words of the source that are nowhere in the output.

    "Nine million" may have become 9,000,000.
    """
    kept = words | {int(value) for numeral in there for value in numeral.values}
    factors = {1} | scales_in(pair.source)
    counted = counts(pair.source, pair.source_language)
    return [
        word
        for value, word in counted.items()
        if kept.isdisjoint(value * factor for factor in factors)
    ]


def _spoken(text: str, language: Language) -> set[int]:
    """Return the numbers that words of the text may stand for, "nine million" among them."""
    values = word_values(text, language) | _SILENT
    return values | {value * factor for value in values for factor in scales_in(text)}


def _percent_problem(pair: Pair) -> str | None:
    share = _percentage(pair.source, pair.source_language)
    if not share or _PERCENT.search(pair.output) or _SHARE.search(pair.output):
        return None
    counted = pair.source[: share.start()].rstrip()[-1:].isdigit()
    rate = not counted and _RATE.search(pair.output)
    return None if rate else "Missing: the percent sign."


def _percentage(text: str, language: Language) -> re.Match[str] | None:
    """Return where a text first says percent of a number; alone, Russian says so of interest."""
    for share in _PERCENT.finditer(text):
        window = text[max(0, share.start() - _CHARACTERS_BEFORE) : share.start()]
        before = " ".join(window.split()[-_WORDS_BEFORE:])
        if re.search(r"\d", before) or word_values(before, language):
            return share
    return None
