"""Words cut to what two sentences of one language can be matched by.

A light cut does as well here as a dictionary or the Snowball stemmers, and needs neither: endings
stand last in English and Russian, so the first letters of a word name it; Arabic joins its article
and its particles to the front, so those are taken off as well, after Larkey, Ballesteros and
Connell, "Light Stemming for Arabic Information Retrieval" (2007).
"""

import re

from khabar.languages import Language
from khabar.word_forms import without_arabic_signs

WORD = re.compile(r"\w+")
POSSESSIVE = re.compile(r"['\u2019]s\b")
ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "اااايهوي")
ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
ARABIC_SUFFIXES = ("هما", "ات", "ون", "ين", "ان", "ها", "هم", "نا", "يه", "ه", "ي")
SHORTEST_ARABIC_STEM = 3
MOST_ARABIC_PREFIXES = 2
"""Two, so that a word whose own first letter looks like a particle loses it in every form."""
KEPT_LETTERS = {Language.ENGLISH: 6, Language.RUSSIAN: 5}


def terms(text: str, language: Language) -> list[str]:
    """Return the words of ``text`` in order, each cut so that its other forms look the same."""
    folded = text.casefold()
    if language is Language.ARABIC:
        letters = without_arabic_signs(folded).translate(ARABIC_LETTERS)
        return [_arabic_stem(word) for word in WORD.findall(letters)]
    kept = KEPT_LETTERS[language]
    plain = POSSESSIVE.sub("", folded).replace("ё", "е")
    return [word[:kept] for word in WORD.findall(plain)]


def _arabic_stem(word: str) -> str:
    for _ in range(MOST_ARABIC_PREFIXES):
        for prefix in ARABIC_PREFIXES:
            if word.startswith(prefix) and len(word) - len(prefix) >= SHORTEST_ARABIC_STEM:
                word = word.removeprefix(prefix)
                break
    for suffix in ARABIC_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_ARABIC_STEM:
            return word.removesuffix(suffix)
    return word
