"""Which listed words a word of a text may be a form of.

A listed word is in the form of a dictionary, and has a few bases, such as a stem. A word of a text
has the bases it might have been made from. It is a form of the listed word where the two sets meet,
so a thousand listed words are looked up at once.

Rules of inflection are enough here: what is to be found is known, so nothing has to be guessed
about words nobody listed. Irregular forms (people, children, Arabic's broken plurals) are not
found; a list may give them as words of their own.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product

from khabar.languages import Language

_WORD = re.compile(r"\w+")
_SHORTEST_ACRONYM = 2

# In shorter ones an s at the end is part of the word: news, Laos, gas.
_SHORTEST_ENGLISH_SINGULAR = 4
_ENGLISH_PLURALS_IN_ES = ("ches", "shes", "sses", "xes", "zes")

# The endings of nominatives, which a stem is listed without.
_RUSSIAN_NOMINATIVES = (
    *("ый", "ий", "ой", "ая", "яя", "ое", "ее", "ые", "ие"),
    *("а", "я", "о", "е", "ы", "и", "ь", "й"),
)
_RUSSIAN_ENDINGS = frozenset(
    (
        "",
        *("а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й", "х", "м", "ми"),
        *("ам", "ям", "ом", "ем", "ой", "ей", "ою", "ею", "ью", "ов", "ев", "ах", "ях"),
        *("ами", "ями", "ьми", "ия", "ие", "ию", "ии", "ием", "ией", "иям", "иях", "иями"),
        *("ый", "ий", "ая", "яя", "ое", "ее", "ые", "ых", "их", "ым", "им", "ую", "юю"),
        *("ого", "его", "ому", "ему", "ыми", "ими"),
        *("ья", "ье", "ьи", "ьев", "ьям", "ьем", "ьей", "ьях", "ьями"),
    )
)
_LONGEST_RUSSIAN_ENDING = max(map(len, _RUSSIAN_ENDINGS))
_SHORTEST_RUSSIAN_STEM = 3
_RUSSIAN_SPELLING = str.maketrans("ё", "е", "\u0301")
# отец, отца; рынок, рынка; палец, пальца.
_FLEETING = re.compile(r"(?<=\w{2})[ео](?=[кц]\Z)")

_ARABIC_SIGNS = re.compile("[\u0640\u064b-\u065f\u0670]")
_ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "ااااي\u0647وي")
_ARABIC_ARTICLE = "ال"
# "And" or "so", then "with", "for" or "like", then the article, which "for" contracts with.
_ARABIC_PREFIXES = (
    *map("".join, product(("", "و", "ف"), ("", "ب", "ك"), ("", _ARABIC_ARTICLE))),
    *map("".join, product(("", "و", "ف"), ("ل", "لل"))),
)
_ARABIC_SUFFIXES = ("", "ا", "ه", "ها", "هم", "هما", "هن", "نا", "ي", "ان", "ين", "ون", "ات", "يه")
# A feminine ending is written as another letter before a suffix, and falls out of plurals.
_ARABIC_FEMININE = "\u0647"
_ARABIC_FEMININE_INSIDE = "ت"
_SHORTEST_ARABIC_BASE = 3


def words_in(text: str) -> list[str]:
    """Return the words of a text in order, as they are written."""
    return _WORD.findall(text)


def listed_bases(listed: str, language: Language) -> frozenset[str]:
    """Return the bases of a listed word.

    One that is listed with a capital is a name, and one in capitals an acronym; their bases keep
    them, so that the word in small letters is no form of them.
    """
    if _is_acronym(listed):
        return frozenset({listed})
    bases = _LISTED[language](folded(listed, language))
    return frozenset(map(_capitalised, bases) if listed[0].isupper() else bases)


def possible_bases(word: str, language: Language) -> frozenset[str]:
    """Return the bases that a word of a text may have been made from."""
    bases = set(_POSSIBLE[language](folded(word, language)))
    if word[0].isupper():
        bases |= set(map(_capitalised, bases))
    bases |= {acronym for acronym in (word, word.removesuffix("s")) if _is_acronym(acronym)}
    return frozenset(bases)


def folded(word: str, language: Language) -> str:
    """Return a word without the differences of spelling that make no other word of it."""
    plain = word.casefold()
    if language is Language.ARABIC:
        return without_arabic_signs(plain).translate(_ARABIC_LETTERS)
    return plain.translate(_RUSSIAN_SPELLING)


def without_arabic_signs(text: str) -> str:
    """Return the text without vowel signs and tatweel, which writers may leave out."""
    return _ARABIC_SIGNS.sub("", text)


def _capitalised(base: str) -> str:
    return base[0].upper() + base[1:]


def _is_acronym(word: str) -> bool:
    return len(word) >= _SHORTEST_ACRONYM and word.isupper()


def _english(word: str) -> Iterator[str]:
    yield word
    if word.endswith("ies"):
        yield word[:-3] + "y"
    elif word.endswith(_ENGLISH_PLURALS_IN_ES):
        yield word[:-2]
    elif word.endswith("s") and len(word) > _SHORTEST_ENGLISH_SINGULAR:
        yield word[:-1]


def _russian_stems(listed: str) -> Iterator[str]:
    yield listed
    for ending in _RUSSIAN_NOMINATIVES:
        if listed.endswith(ending) and len(listed) - len(ending) >= _SHORTEST_RUSSIAN_STEM:
            yield listed.removesuffix(ending)
    yield _FLEETING.sub("", listed)


def _russian(word: str) -> Iterator[str]:
    shortest = max(_SHORTEST_RUSSIAN_STEM, len(word) - _LONGEST_RUSSIAN_ENDING)
    yield word
    for length in range(shortest, len(word)):
        if word[length:] in _RUSSIAN_ENDINGS:
            yield word[:length]


def _arabic_base(listed: str) -> Iterator[str]:
    bare = listed.removeprefix(_ARABIC_ARTICLE)
    yield bare if len(bare) >= _SHORTEST_ARABIC_BASE - 1 else listed


def _arabic(word: str) -> Iterator[str]:
    for prefix in _ARABIC_PREFIXES:
        if not word.startswith(prefix):
            continue
        bare = word.removeprefix(prefix)
        yield bare
        for suffix in _ARABIC_SUFFIXES:
            if bare.endswith(suffix) and len(bare) - len(suffix) >= _SHORTEST_ARABIC_BASE:
                base = bare.removesuffix(suffix)
                yield base
                yield base.removesuffix(_ARABIC_FEMININE_INSIDE) + _ARABIC_FEMININE


_LISTED: dict[Language, Callable[[str], Iterator[str]]] = {
    Language.ENGLISH: _english,
    Language.RUSSIAN: _russian_stems,
    Language.ARABIC: _arabic_base,
}
_POSSIBLE: dict[Language, Callable[[str], Iterator[str]]] = {
    Language.ENGLISH: _english,
    Language.RUSSIAN: _russian,
    Language.ARABIC: _arabic,
}
