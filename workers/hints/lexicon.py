"""Which word probably translates which, for the words that a model saw too seldom."""

import lzma
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

from khabar.languages import Direction, Language
from workers.hints.spelling import spelt
from workers.hints.stems import Stems, words

HINTS = "hints.tsv.xz"
"""The file's name, in a model's folder and in a pack."""
Entry = tuple[Language, Language, str, str]
_SHORTEST_NAME = 3


class Lexicon:
    """Translations by direction and stem; an empty one says that no hint is wanted."""

    def __init__(self, entries: Mapping[Direction, Mapping[str, str]]) -> None:
        self._entries = entries
        self._stems = {language: Stems(language) for language in Language}

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """Make one from its entries: source, target, stem and translation of each."""
        found = defaultdict[Direction, dict[str, str]](dict)
        for source, target, stem, translation in entries:
            found[source, target][stem] = translation
        return cls(found)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what ``write`` wrote. Raises LZMAError and ValueError for anything else."""
        found = defaultdict[tuple[str, str], dict[str, str]](dict)
        for line in lzma.decompress(path.read_bytes()).decode().splitlines():
            source, target, stem, translation = line.split("\t")
            found[source, target][stem] = translation
        return cls(
            {(Language(one), Language(other)): known for (one, other), known in found.items()}
        )

    def write(self, path: Path) -> None:
        """Write one entry a line: source, target, stem and translation, in order."""
        rows = sorted(
            (source.value, target.value, stem, translation)
            for (source, target), known in self._entries.items()
            for stem, translation in known.items()
        )
        text = "".join("\t".join(row) + "\n" for row in rows)
        path.write_bytes(lzma.compress(text.encode(), preset=9))

    def hint(self, text: str, source: Language, target: Language, *, by_sound: bool = False) -> str:
        """Return what the words of a text are hinted to mean, or nothing.

        A capitalised word that is not there is taken for a name and spelt in the target's letters;
        ``by_sound`` spells one that is there too.
        """
        known = self._entries.get((source, target))
        if known is None:
            return ""
        found = (self._word(word, known, source, target, by_sound) for word in words(text, source))
        return " ".join(filter(None, found))

    def _word(
        self,
        word: str,
        known: Mapping[str, str],
        source: Language,
        target: Language,
        by_sound: bool,
    ) -> str:
        stem = self._stems[source].of(word)
        translation = known.get(stem)
        if stem and _may_be_name(word) and (translation is None or (by_sound and translation)):
            return spelt(word, source, target) or translation or ""
        return translation or ""


def _may_be_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper() and len(word) >= _SHORTEST_NAME
