"""Words of names, such that every form of a name has the same key.

English takes a possessive; Russian declines the last letters of a word; Arabic joins conjunctions,
prepositions and the article to the front, and spells some letters one way or the other.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from khabar.languages import Language
from khabar.word_forms import without_arabic_signs

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s?\b")
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "اااايهوي")

_RUSSIAN_ENDINGS = (
    "а я о е у ю ы и й ь ой ей ою ею ом ем ам ям ах ях ами ями ов ев ий ый ия ию ии ие ием иях иям "
    "ью ого его ому ему ым им ых их ыми ими ая яя ое ее ые ую юю"
)
_LONGEST_ENDING = 3
_FLEETING = re.compile("[^аеиоуыэюяйьъ]{2}$")
_FROM_A_PLACE = re.compile(
    r"(\w{3,}?)(ий|й|ан|ян|ен|н)?"
    r"(?:ск(?:ий|ого|ому|им|ом|ая|ой|ую|ое|ие|их|ими)|ц(?:ы|ев|ам|ами|ах|у|а|ем)|ец)$"
)
_SHORTEST_STEM = 2
_RUSSIAN_NOMINATIVE = re.compile(r"(?<=\w{3})(?:[ыио]й|ая|яя|ое|ее|ые|ие|(?<=и)я|(?<!и)[аяеьйыи])$")

_SHORTEST_ARABIC_WORD = 2
_ARABIC_PEOPLE = re.compile("(?<=\\w{2})ي(?:ه|ون|ين|ات)$")


def words(text: str, language: Language) -> list[str]:
    """Return the words of a text as they are spelled, in order."""
    if language is Language.ENGLISH:
        text = _POSSESSIVE.sub("", text)
    if language is Language.ARABIC:
        text = without_arabic_signs(text).translate(_ARABIC_LETTERS)
    return _WORD.findall(text)


def key(word: str, language: Language) -> str:
    """Return the key of a word as a gazetteer gives it, in its first form."""
    folded = word.casefold().replace("ё", "е")
    if language is Language.RUSSIAN:
        return _RUSSIAN_NOMINATIVE.sub("", folded)
    if language is Language.ARABIC and len(folded) > len("ال") + _SHORTEST_ARABIC_WORD:
        return folded.removeprefix("ال")
    return folded


@lru_cache(maxsize=50_000)
def readings(word: str, language: Language) -> frozenset[str]:
    """Return the keys that a word in a text may have."""
    folded = word.casefold().replace("ё", "е")
    if language is Language.RUSSIAN:
        return frozenset({*_russian_readings(folded), *_russian_places(folded)})
    if language is Language.ARABIC:
        return frozenset(_arabic_readings(folded))
    return frozenset({folded})


def _russian_readings(word: str) -> Iterator[str]:
    for length in range(_LONGEST_ENDING + 1):
        stem = word[: len(word) - length]
        if len(stem) >= _SHORTEST_STEM and word[len(stem) :] in _russian_endings():
            yield stem
            if length and _FLEETING.search(stem):
                # "Египта", from "Египет".
                yield f"{stem[:-1]}е{stem[-1]}"


def _russian_places(word: str) -> Iterator[str]:
    """Yield the keys of places that an adjective or the name of a people may come from."""
    if match := _FROM_A_PLACE.match(word):
        yield from (match[1], match[1] + (match[2] or ""))


def is_from_a_place(word: str, language: Language) -> bool:
    """Tell whether a word may come from a place: those have no capital letter in Russian."""
    return language is Language.RUSSIAN and bool(_FROM_A_PLACE.match(word))


@cache
def _russian_endings() -> frozenset[str]:
    return frozenset({"", *_RUSSIAN_ENDINGS.split()})


def _arabic_readings(word: str) -> set[str]:
    found = {word}
    for joined in ("وف", "بلكس"):
        found |= {rest[1:] for rest in found if rest[:1] in joined}
    for article in ("ال", "لل"):
        found |= {rest.removeprefix(article) for rest in found}
    # The feminine and the plural of a people's name: "يمنية" and "يمنيون", from "يمني".
    found |= {_ARABIC_PEOPLE.sub("ي", rest) for rest in found}
    return {rest for rest in found if len(rest) >= _SHORTEST_ARABIC_WORD}
