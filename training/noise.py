"""Noise on what the model reads, so that it copes with how news is in fact written.

Only source texts get it; what the model has to write stays clean.
"""

import random
import re
from collections.abc import Callable, Mapping

from khabar.languages import Language
from training.forms import EASTERN_DIGITS, without_arabic_signs, without_yo

Noise = Callable[[str, random.Random], str]

_STOP = re.compile(r"[.؟?!]+([\"»”']*)$")
_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"]+)[»”“\"]")
_QUOTES = ("«{}»", "“{}”", '"{}"', "„{}“", "'{}'")
_HARAKAT = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
_ARABIC_LETTER = re.compile("[\u0621-\u064a]")
_JOINS_LEFT = re.compile("([بتثجحخسشصضطظعغفقكلمنهي])(?=[\u0621-\u064a])")
_MAX_TATWEEL = 3


class NoiseUnknown(ValueError):
    """A configuration asks for a noise that there is not."""


def _lower(text: str, _: random.Random) -> str:
    return text.lower()


def _upper(text: str, _: random.Random) -> str:
    return text.upper()


def _no_stop(text: str, _: random.Random) -> str:
    return _STOP.sub(r"\1", text)


def _quotes(text: str, chance: random.Random) -> str:
    form = chance.choice(_QUOTES)
    return _QUOTED.sub(lambda match: form.format(match.group(1)), text)


def _dash(text: str, chance: random.Random) -> str:
    return text.replace("—", chance.choice(("-", "–", "--")))


def _no_hamza(text: str, _: random.Random) -> str:
    return text.translate(str.maketrans("أإآ", "ااا"))


def _final_letters(text: str, _: random.Random) -> str:
    return re.sub(r"ة(?!\w)", "ه", re.sub(r"ي(?!\w)", "ى", text))


def _harakat(text: str, chance: random.Random) -> str:
    share = chance.choice((0.05, 0.2))
    return _ARABIC_LETTER.sub(
        lambda m: m.group() + (chance.choice(_HARAKAT) if chance.random() < share else ""), text
    )


def _tatweel(text: str, chance: random.Random) -> str:
    return _JOINS_LEFT.sub(
        lambda m: (
            m.group() + ("ـ" * chance.randint(1, _MAX_TATWEEL) if chance.random() < 0.05 else "")
        ),
        text,
    )


def _eastern_digits(text: str, _: random.Random) -> str:
    return text.translate(EASTERN_DIGITS)


def _no_signs(text: str, _: random.Random) -> str:
    return without_arabic_signs(text)


def _no_yo(text: str, _: random.Random) -> str:
    return without_yo(text)


_ANY: dict[str, Noise] = {
    "lower": _lower,
    "upper": _upper,
    "no_stop": _no_stop,
    "quotes": _quotes,
    "dash": _dash,
}
_OWN: dict[Language, dict[str, Noise]] = {
    Language.ENGLISH: {},
    Language.RUSSIAN: {"no_yo": _no_yo},
    Language.ARABIC: {
        "no_hamza": _no_hamza,
        "final_letters": _final_letters,
        "harakat": _harakat,
        "tatweel": _tatweel,
        "no_signs": _no_signs,
        "eastern_digits": _eastern_digits,
    },
}
KINDS = frozenset(_ANY) | {name for own in _OWN.values() for name in own}


def add_noise(
    text: str, language: Language, rates: Mapping[str, float], chance: random.Random
) -> str:
    """Return the text with each kind of noise at its rate, from 0 to 1. Raises NoiseUnknown."""
    if unknown := sorted(set(rates) - KINDS):
        raise NoiseUnknown(f"There is no such noise: {', '.join(unknown)}.")
    for name, apply in (_ANY | _OWN[language]).items():
        if chance.random() < rates.get(name, 0.0):
            text = apply(text, chance)
    return text
