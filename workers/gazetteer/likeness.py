"""Whether a name stands in a text in some form, its spelling and its derivations included."""

import re
from collections import Counter
from functools import cache

from khabar.languages import Language
from workers.gazetteer.entries import Entry, entries
from workers.gazetteer.forms import readings, words
from workers.gazetteer.kinship import keys

_COMMON = 4
"""A word that so many names have, such as "province", tells no name."""
_SHORTEST_ROOT = 4
_LOOSE_LETTERS = 2
"""Letters at the end of a root that a word derived from it may change."""
_SHORTEST_SKELETON = 3

_VOWELS = {
    Language.ENGLISH: re.compile("[aeiouyw]"),
    Language.RUSSIAN: re.compile("[аеиоуыэюяйьъ]"),
    Language.ARABIC: re.compile("[اويهع]"),
}
# Sounds that another agency writes with another letter.
_SOUNDS = {
    Language.ENGLISH: str.maketrans("ckqzv", "kkksf"),
    Language.RUSSIAN: str.maketrans("згв", "зхв"),
    Language.ARABIC: str.maketrans("جقكطضظذثصش", "غغغتزززسسس"),
}
_DOUBLED = re.compile(r"(.)\1+")


class WordsOf:
    """The words of a text, for asking which names stand in it."""

    def __init__(self, text: str, language: Language) -> None:
        self._language = language
        spelled = words(text, language)
        self._spelled = f" {' '.join(spelled)} "
        read = [readings(word, language) for word in spelled]
        self._readings = frozenset().union(*read)
        self._skeletons = {skeleton(word, language) for word in self._readings}

    def have(self, entry: Entry) -> bool:
        """Tell whether an entry's name stands here: all of its words, or the one that names it."""
        wanted = keys(entry, self._language)
        if all(word in self._readings for word in wanted):
            return True
        common = _common_words(self._language)
        telling = [word for word in wanted if len(wanted) == 1 or word not in common]
        return bool(telling) and self.have_like(max(telling, key=len))

    def have_word(self, text: str) -> bool:
        """Tell whether this very text stands here, as a name in Latin letters may anywhere."""
        return f" {text} " in self._spelled

    def have_like(self, word: str) -> bool:
        """Tell whether a word stands here in some form, by its key."""
        return word in self._readings or self._has_root(word) or self._has_skeleton(word)

    def _has_root(self, word: str) -> bool:
        root = word[: max(_SHORTEST_ROOT, len(word) - _LOOSE_LETTERS)]
        return len(root) >= _SHORTEST_ROOT and any(
            other.startswith(root) for other in self._readings
        )

    def _has_skeleton(self, word: str) -> bool:
        bones = skeleton(word, self._language)
        return len(bones) >= _SHORTEST_SKELETON and bones in self._skeletons


def skeleton(word: str, language: Language) -> str:
    """Return the consonants of a word, those of like sound as one."""
    single = _DOUBLED.sub(r"\1", word.translate(_SOUNDS[language]))
    return _VOWELS[language].sub("", single)


@cache
def _common_words(language: Language) -> frozenset[str]:
    count: Counter[str] = Counter()
    for entry in entries():
        count.update(set(keys(entry, language)))
    return frozenset(word for word, times in count.items() if times >= _COMMON)
