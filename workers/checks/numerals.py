"""Numbers written in digits, and the values that a reader may take them for."""

import re
from dataclasses import dataclass
from decimal import Decimal

from khabar.languages import Language

Values = frozenset[Decimal]

# Arabic-Indic digits and their Persian forms, the Arabic marks, and spaces that hold a number
# together.
_PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬٪\u00a0\u202f\u2009", "01234567890123456789.,%   ")

_NUMBER = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_GROUPED = {mark: re.compile(rf"\d{{1,3}}(?:\{mark}\d{{3}})+") for mark in ".,"}

# English groups digits with a comma, Russian with a space; Arabic news does either.
_DECIMAL_MARKS = {Language.ENGLISH: ".", Language.RUSSIAN: ",", Language.ARABIC: ".,"}
_GROUP_MARKS = {Language.ENGLISH: ",", Language.RUSSIAN: ".", Language.ARABIC: ",."}

# The word after a number that multiplies it.
_SCALES = tuple(
    (re.compile(rf"[ -]?(?:{words})\b", re.IGNORECASE), Decimal(10) ** power)
    for power, words in (
        (3, "thousand(?!th)|тыс|тысяч(?!н)\\w*|ألف\\w?|ألفي|آلاف|الف"),
        (6, "million(?!th)\\w*|mln|m|млн|миллион(?!н)\\w*|مليون\\w*|ملايين"),
        (9, "billion\\w*|bln|bn|млрд|миллиард\\w*|مليار\\w*|بليون\\w*"),
        (12, "trillion\\w*|trn|трлн|триллион\\w*|تريليون\\w*"),
    )
)
# A clock time of the second half of the day, with what may stand between hour and word.
_AFTERNOON = re.compile(
    r"(?:[:.]\d\d)? ?(?:p\.?m\b|o'clock|час\w+ (?:дня|вечера)|дня|вечера"
    r"|بعد الظهر|بعد ظهر|عصرا|مساء|ظهرا|ليلا)",
    re.IGNORECASE,
)
# Clock times may have a full stop where they are told by what stands beside them.
_CLOCK = re.compile(
    r"(?:\b|(?<=الساعة ))(\d{1,2})\.(\d\d)"
    r"(?:(?= ?(?:[ap]\.?m\b|утра|вечера|ночи|صباحا|مساء|ليلا))|(?<=الساعة \d\.\d\d)"
    r"|(?<=الساعة \d\d\.\d\d))",
    re.IGNORECASE,
)
# "From 3 to 5 million" multiplies both numbers.
_RANGE = re.compile(r" ?(?:-|–|—|to|and|or|до|и|или|إلى|و|أو) ?\d[\d.,]*", re.IGNORECASE)
# "The 1980s" may become "the eighties of the last century".
_DECADE = re.compile(r"s\b|-?(?:е|х|ые|ых|м|ми)\b")
_LETTERS_BEFORE = re.compile(r"[^\W\d_]-?$")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text.

    ``values`` holds each value it may have. ``is_name`` marks a number that is part of a
    designation, such as G7 or An-26, which languages may spell differently.
    """

    text: str
    values: Values
    is_name: bool


def numerals(text: str, language: Language) -> list[Numeral]:
    """Return the numbers in a text, in order. Minutes of a full hour are left out."""
    plain = _CLOCK.sub(r"\1:\2", text.translate(_PLAIN))
    return [
        _numeral(plain, match, language)
        for match in _NUMBER.finditer(plain)
        if not (match.group() == "00" and plain[: match.start()].endswith((":", ".")))
    ]


def _numeral(text: str, match: re.Match[str], language: Language) -> Numeral:
    readings = _readings(match.group(), language)
    values = _in_context(readings, text[match.end() :])
    is_name = bool(_LETTERS_BEFORE.search(text[: match.start()]))
    return Numeral(match.group(), frozenset(values), is_name)


def _in_context(readings: set[Decimal], after: str) -> set[Decimal]:
    """Return the values that digits may have before the text ``after``."""
    values = {value * scale_before(after) for value in readings}
    if limit := _RANGE.match(after):
        values |= {value * scale_before(after[limit.end() :]) for value in readings}
    if _AFTERNOON.match(after):
        values |= {value + 12 for value in readings if value < 12}
    if _DECADE.match(after):
        values |= {value % 100 for value in readings}
    return values


def scale_before(text: str) -> Decimal:
    """Return what a word at the beginning of the text multiplies a number before it by."""
    return next((factor for words, factor in _SCALES if words.match(text)), Decimal(1))


def scales_in(text: str) -> set[int]:
    """Return the factors of all such words in a text."""
    return {int(factor) for words, factor in _SCALES if words.search(text)}


def _readings(number: str, language: Language) -> set[Decimal]:
    """Return the values of digits with marks between them, as the language may mean them."""
    digits = number.replace(" ", "")
    readings = set()
    for mark in _GROUP_MARKS[language]:
        decimal = "." if mark == "," else ","
        whole, _, rest = digits.partition(decimal)
        if _GROUPED[mark].fullmatch(whole) and rest.isdigit() | (rest == ""):
            readings.add(Decimal(whole.replace(mark, "") + ("." + rest if rest else "")))
    for mark in _DECIMAL_MARKS[language]:
        whole, _, rest = digits.partition(mark)
        if whole.isdigit() and rest.isdigit() | (rest == ""):
            readings.add(Decimal(whole + ("." + rest if rest else "")))
    return readings or {Decimal(part) for part in re.split("[.,]", digits)}
