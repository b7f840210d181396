"""A desk's own terms: how it wants certain words rendered in each language."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from khabar.identity import Json, digest
from khabar.languages import Language
from khabar.word_forms import listed_bases, possible_bases, words_in


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is listed in one language, and how it may be rendered, the best first."""

    source: str
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what means the same, by language, the preferred term of each first."""

    terms: Mapping[Language, tuple[str, ...]]


Bases = frozenset[str]


@dataclass(frozen=True, slots=True)
class _Listed:
    """One way to write an entry in one language: the bases of its words, and how it is listed."""

    words: tuple[Bases, ...]
    term: str
    entry: Entry


class Glossary:
    """Terms, found in their inflected forms."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        # By language and by a base of the first word.
        self._filed: dict[tuple[Language, str], list[_Listed]] = defaultdict(list)
        for entry in self.entries:
            for language, terms in entry.terms.items():
                for term in terms:
                    listed = _Listed(_bases(term, language), term, entry)
                    for base in listed.words[0]:
                        self._filed[language, base].append(listed)

    @cached_property
    def digest(self) -> str:
        """The 64 hexadecimal digits that change when a term or its place does.

        The notes and the way the file was saved do not count.
        """
        return digest("khabar-glossary-1", self._rows())

    def encode(self) -> str:
        """Return the terms as JSON, for ``decode``."""
        return json.dumps(self._rows(), ensure_ascii=False)

    @classmethod
    def decode(cls, text: str) -> "Glossary":
        """Return the glossary that ``encode`` wrote."""
        rows: list[dict[str, list[str]]] = json.loads(text)
        return cls(
            Entry({Language(code): tuple(terms) for code, terms in row.items()}) for row in rows
        )

    def _rows(self) -> Json:
        return [
            {str(language): list(terms) for language, terms in entry.terms.items()}
            for entry in self.entries
        ]

    def terms_in(self, text: str, source: Language, target: Language) -> tuple[Term, ...]:
        """Return the terms of ``text`` that have a rendering in ``target``, each once, in order.

        Where one term is a part of another, the longer one counts.
        """
        words = _possible(text, source)
        found: dict[str, Term] = {}
        position = 0
        while position < len(words):
            listed = self._longest_at(words, position, source, target)
            if listed is None:
                position += 1
                continue
            position += len(listed.words)
            found[listed.term] = Term(listed.term, listed.entry.terms[target])
        return tuple(found.values())

    def missing(
        self, text: str, source: Language, output: str, target: Language
    ) -> tuple[Term, ...]:
        """Return the terms of ``text`` of which ``output`` has no rendering, in any form."""
        words = _possible(output, target)
        return tuple(
            term
            for term in self.terms_in(text, source, target)
            if not any(_stands_in(_bases(one, target), words) for one in term.targets)
        )

    def _longest_at(
        self, words: Sequence[Bases], position: int, source: Language, target: Language
    ) -> _Listed | None:
        fitting = [
            listed
            for base in words[position]
            for listed in self._filed.get((source, base), ())
            if target in listed.entry.terms and _fits(listed.words, words, position)
        ]
        return max(fitting, key=lambda listed: (len(listed.words), listed.term), default=None)


NO_TERMS = Glossary(())


def _bases(term: str, language: Language) -> tuple[Bases, ...]:
    return tuple(listed_bases(word, language) for word in words_in(term))


def _possible(text: str, language: Language) -> list[Bases]:
    return [possible_bases(word, language) for word in words_in(text)]


def _stands_in(listed: Sequence[Bases], words: Sequence[Bases]) -> bool:
    return any(_fits(listed, words, position) for position in range(len(words)))


def _fits(listed: Sequence[Bases], words: Sequence[Bases], position: int) -> bool:
    there = words[position : position + len(listed)]
    return len(there) == len(listed) and not any(map(frozenset.isdisjoint, there, listed))
