"""What the forms of a word have in common: the key under which a lexicon has it."""

import re
from functools import lru_cache
from threading import Lock

from Stemmer import Stemmer

from khabar.languages import Language
from khabar.word_forms import folded, without_arabic_signs, words_in

_ALGORITHMS = {
    Language.ENGLISH: "english",
    Language.RUSSIAN: "russian",
    Language.ARABIC: "arabic",
}
# What the Arabic algorithm leaves on: "and" before another prefix, and a feminine ending that
# folding would make another letter of.
_LEFT_ON = re.compile("^[وف](?=ال|لل|بال)|ة$")
_REMEMBERED = 1 << 16


class Stems:
    """Makes the stems of one language (Porter 2001, "Snowball"). Safe between threads."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._stemmer = Stemmer(_ALGORITHMS[language])
        self._lock = Lock()
        self.of = lru_cache(_REMEMBERED)(self._make)

    def _make(self, word: str) -> str:
        """Return the stem of a word, or nothing where it has a digit."""
        bare = _LEFT_ON.sub("", word) if self._language is Language.ARABIC else word
        plain = folded(bare, self._language)
        if not plain.isalpha():
            return ""
        with self._lock:
            stem: str = self._stemmer.stemWord(plain)
        return stem


def words(text: str, language: Language) -> list[str]:
    """Return the words of a text as they are written, but for Arabic's vowel signs."""
    return words_in(without_arabic_signs(text) if language is Language.ARABIC else text)
