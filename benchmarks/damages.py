"""Ways in which a program damages a good translation, each one that a check should find."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from benchmarks.sentence_pairs import Line
from khabar.languages import Language
from workers.gazetteer.entries import Entry, entries
from workers.protocols import Pair

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"\w+")
_PERCENT = re.compile(
    r"(?<=\d)\s?[%٪]| per ?cent\b| процент(?:а|ов|ы)?\b| (?:في |ب)ال?م(?:ائ|ئ)ة", re.IGNORECASE
)
_MONTHS = {
    Language.ENGLISH: "January February April June July August September October November December",
    Language.RUSSIAN: "января февраля апреля июня июля августа сентября октября ноября декабря",
    Language.ARABIC: "يناير فبراير أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}
_WEEKDAYS = {
    Language.ENGLISH: "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    Language.RUSSIAN: "понедельник вторник среду четверг пятницу субботу воскресенье",
    Language.ARABIC: "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
}
_SWAPPED_KINDS = frozenset({"country", "capital", "city", "region"})
_LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Good:
    """A good pair, and the line with all three languages that it is from."""

    pair: Pair
    line: Line

    @property
    def output(self) -> str:
        """The translation."""
        return self.pair.output


Damage = Callable[[Good, random.Random], str | None]
"""Returns the damaged output, or nothing where it cannot be damaged so."""


def change_number(good: Good, chance: random.Random) -> str | None:
    """Put another digit for one of a number over two; smaller ones have exceptions of their own."""
    places = _numbers(good.output)
    if not places:
        return None
    place = chance.choice(places)
    position = chance.randrange(place.start(), place.end())
    others = [digit for digit in "123456789" if digit != good.output[position]]
    return good.output[:position] + chance.choice(others) + good.output[position + 1 :]


def drop_number(good: Good, chance: random.Random) -> str | None:
    """Take a number over two out."""
    places = _numbers(good.output)
    return _without(good.output, chance.choice(places)) if places else None


def _numbers(text: str) -> list[re.Match[str]]:
    return [match for match in _DIGITS.finditer(text) if int(match.group()) > 2]


def drop_percent(good: Good, _: random.Random) -> str | None:
    """Take every percent sign or word out."""
    output = _PERCENT.sub("", good.output)
    return output if output != good.output else None


def swap_month(good: Good, chance: random.Random) -> str | None:
    """Name another month."""
    return _swap_word(good, chance, _MONTHS)


def swap_weekday(good: Good, chance: random.Random) -> str | None:
    """Name another day of the week."""
    return _swap_word(good, chance, _WEEKDAYS)


def _swap_word(good: Good, chance: random.Random, table: dict[Language, str]) -> str | None:
    """Swap a word of the table, where the English line has one: others may look like it."""
    words = table[good.pair.output_language].split()
    places = [match for match in _WORD.finditer(good.output) if match.group() in words]
    english = set(table[Language.ENGLISH].split())
    if not places or english.isdisjoint(_WORD.findall(good.line.texts[Language.ENGLISH])):
        return None
    place = chance.choice(places)
    other = chance.choice([word for word in words if word != place.group()])
    return good.output[: place.start()] + other + good.output[place.end() :]


def swap_name(good: Good, chance: random.Random) -> str | None:
    """Put another place of the same kind for one that the English line names too."""
    english = good.line.texts[Language.ENGLISH]
    places = [
        (start, end, entry)
        for start, end, entry in _names(good.output, good.pair.output_language)
        if re.search(rf"\b{re.escape(entry.forms[Language.ENGLISH])}\b", english)
    ]
    if not places:
        return None
    start, end, entry = chance.choice(places)
    others = [other for other in _by_kind()[entry.kind] if other is not entry]
    form = chance.choice(others).forms[good.pair.output_language]
    return good.output[:start] + form + good.output[end:]


def _names(text: str, language: Language) -> list[tuple[int, int, Entry]]:
    """Return where the first forms of names stand, letter by letter, the longest ones."""
    spans = [match.span() for match in _WORD.finditer(text)]
    found = []
    position = 0
    while position < len(spans):
        for length in range(_LONGEST_NAME, 0, -1):
            start, end = spans[position][0], spans[min(len(spans), position + length) - 1][1]
            if entry := _by_form(language).get(text[start:end]):
                found.append((start, end, entry))
                position += length - 1
                break
        position += 1
    return found


@cache
def _by_form(language: Language) -> dict[str, Entry]:
    return {entry.forms[language]: entry for kind in _by_kind().values() for entry in kind}


@cache
def _by_kind() -> dict[str, list[Entry]]:
    return {
        kind: [entry for entry in entries() if entry.kind == kind]
        for kind in sorted(_SWAPPED_KINDS)
    }


def loop(good: Good, chance: random.Random) -> str:
    """Go on with the last one to six words until the output is twice as long."""
    words = good.output.split()
    tail = words[-chance.randint(1, min(6, len(words))) :]
    return " ".join(words + tail * (len(words) // len(tail) + 1))


def leave_untranslated(good: Good, _: random.Random) -> str:
    """Give the source back."""
    return good.pair.source


def leave_half_untranslated(good: Good, _: random.Random) -> str:
    """Translate the first half, and copy the second."""
    output, source = good.output.split(), good.pair.source.split()
    return " ".join(output[: len(output) // 2] + source[len(source) // 2 :])


def cut(good: Good, chance: random.Random) -> str:
    """Break off between a third and nine tenths of the words, as at a token limit."""
    words = good.output.split()
    return " ".join(words[: max(1, int(len(words) * chance.uniform(0.33, 0.9)))]).rstrip(".!?؟…")


def lose_half(good: Good, _: random.Random) -> str:
    """Leave the second half out, and end with a full stop."""
    words = good.output.split()
    return " ".join(words[: len(words) // 2]).rstrip(",،;:—.") + "."


def lose_quotation_mark(good: Good, chance: random.Random) -> str | None:
    """Take one quotation mark out."""
    places = list(re.finditer('[«»“”"]', good.output))
    return _without(good.output, chance.choice(places)) if places else None


def _without(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + text[match.end() :]


@dataclass(frozen=True, slots=True)
class Aim:
    """A kind of damage, and the checks that should find it."""

    damage: Damage
    checks: tuple[str, ...]


DAMAGES: dict[str, Aim] = {
    "a digit changed": Aim(change_number, ("numbers",)),
    "a number dropped": Aim(drop_number, ("numbers",)),
    "the percent sign dropped": Aim(drop_percent, ("numbers",)),
    "another month": Aim(swap_month, ("dates",)),
    "another day of the week": Aim(swap_weekday, ("dates",)),
    "another place": Aim(swap_name, ("names",)),
    "caught in a loop": Aim(loop, ("repetition", "length")),
    "untranslated": Aim(leave_untranslated, ("untranslated", "script")),
    "second half untranslated": Aim(leave_half_untranslated, ("untranslated", "script")),
    "cut off": Aim(cut, ("ending",)),
    "second half left out": Aim(lose_half, ("length",)),
    "a quotation mark lost": Aim(lose_quotation_mark, ("quotation",)),
}
