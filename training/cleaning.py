"""Which pairs of a corpus are fit to learn from. Each rule has a name, and refusals are counted."""

import re
from collections.abc import Callable
from functools import partial

from khabar.languages import FACTS, Language
from training.forms import WESTERN_DIGITS
from training.pairs import TextPair

_LETTERS = {
    "Latn": re.compile("[A-Za-zÀ-ɏ]"),
    "Cyrl": re.compile("[Ѐ-ӿ]"),
    "Arab": re.compile("[\u0620-\u064a\u0671-\u06d3]"),
}
_CODE = re.compile(
    r"https?:|![A-Z]{3,}|www\.|\w@\w|[{}\\|`~^=]|%[(sd]|\$\w|\(\)|::|->|\]\(|\]\[|//|__|\w[_/]\w+[_/]|;$"
    r"|\.(?:exe|dll|cs|js|json|xml|html?|md|py|png)\b|[a-z][A-Z]\w*\.[A-Z]"
)
_NUMBER = re.compile(r"\d+(?:[.,\s\u00a0\u202f]\d{3}(?!\d))*(?:[.,]\d+)?")
_SEPARATOR = re.compile(r"\D")
# Characters of the longer side for one of the shorter; short texts vary more.
_MAX_RATIO = 2.2
_SHORT = 20
_MIN_OWN_SCRIPT = 0.6
_MIN_LETTERS = 0.5


def refusal(pair: TextPair, max_characters: int) -> str | None:
    """Return the name of the first rule that the pair breaks, or nothing for a good pair."""
    rules: dict[str, Callable[[TextPair], bool]] = {
        "empty": _is_empty,
        "long": partial(_is_long, limit=max_characters),
        "code": _has_code,
        "letters": _has_few_letters,
        "script": _is_in_another_script,
        "same": _is_untranslated,
        "ratio": _is_lopsided,
        "digits": _differs_in_numbers,
    }
    return next((name for name, breaks in rules.items() if breaks(pair)), None)


def _is_empty(pair: TextPair) -> bool:
    return not pair.first_text or not pair.second_text


def _is_long(pair: TextPair, limit: int) -> bool:
    return max(len(pair.first_text), len(pair.second_text)) > limit


def _has_code(pair: TextPair) -> bool:
    return bool(_CODE.search(pair.first_text) or _CODE.search(pair.second_text))


def _has_few_letters(pair: TextPair) -> bool:
    return any(
        sum(map(str.isalpha, text)) < _MIN_LETTERS * len(text.replace(" ", ""))
        for text in (pair.first_text, pair.second_text)
    )


def _is_in_another_script(pair: TextPair) -> bool:
    return any(
        own_script(text, language) < _MIN_OWN_SCRIPT
        for text, language in ((pair.first_text, pair.first), (pair.second_text, pair.second))
    )


def own_script(text: str, language: Language) -> float:
    """Return the share of the letters that belong to the language's script."""
    counts = {script: len(letters.findall(text)) for script, letters in _LETTERS.items()}
    return counts[FACTS[language].script] / max(1, sum(counts.values()))


def _is_untranslated(pair: TextPair) -> bool:
    return pair.first_text.casefold() == pair.second_text.casefold()


def _is_lopsided(pair: TextPair) -> bool:
    short, long = sorted((len(pair.first_text), len(pair.second_text)))
    return long > _SHORT and long > _MAX_RATIO * short


def _differs_in_numbers(pair: TextPair) -> bool:
    return numbers(pair.first_text) != numbers(pair.second_text)


def numbers(text: str) -> list[str]:
    """Return the numbers written in digits, sorted, without what groups or divides their digits."""
    found = _NUMBER.findall(text.translate(WESTERN_DIGITS))
    return sorted(_SEPARATOR.sub("", number) for number in found)
