"""A desk's own terms: how it wants certain words rendered in each language.

A glossary is a CSV file that a person keeps in a spreadsheet; docs/glossary.md describes it.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from khabar.canonical import canonical_line
from khabar.errors import RecipeInvalid, TextNotUnicode
from khabar.identity import digest
from khabar.languages import Language
from khabar.word_forms import listed_bases, possible_bases, words_in

LARGEST_FILE_BYTES = 1_048_576
MOST_ENTRIES = 5_000
LONGEST_TERM_CHARACTERS = 100

_NOTE = "note"
_ALTERNATIVE = "|"
_DELIMITERS = (";", "\t", ",")
# What makes a spreadsheet run the rest of a cell (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@")
_LEAST_LANGUAGES = 2


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

    @property
    def digest(self) -> str:
        """Return the 64 hexadecimal digits that change when a term or its place does.

        The notes and the way the file was saved do not count.
        """
        rows = [
            {str(language): list(terms) for language, terms in entry.terms.items()}
            for entry in self.entries
        ]
        return digest("khabar-glossary-1", rows)

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


def read_glossary(path: Path) -> Glossary:
    """Read a glossary file. Raises RecipeInvalid, which names the file, line and mistake."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise _mistake(path, None, "is too large", limit=LARGEST_FILE_BYTES, given=size)
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _mistake(path, None, "is not UTF-8; save it as CSV UTF-8") from error
    except OSError as error:
        raise _mistake(path, None, f"cannot be read ({error.strerror})") from error
    return Glossary(_entries(path, text))


def _entries(path: Path, text: str) -> Iterator[Entry]:
    rows = _rows(path, text)
    line, header = next(rows, (1, []))
    columns = _columns(path, line, header)
    seen: dict[tuple[Language, str], int] = {}
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MOST_ENTRIES:
            raise _mistake(path, line, "has too many entries", limit=MOST_ENTRIES)
        entry = _entry(path, line, columns, cells)
        for language, terms in entry.terms.items():
            for term in terms:
                first = seen.setdefault((language, term.casefold()), line)
                if first != line:
                    raise _mistake(path, line, f"lists a term again that line {first} has", term)
        yield entry


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with the numbers of their lines."""
    head = text.partition("\n")[0]
    # Spreadsheets write semicolons where the comma is the decimal sign, as in Russian.
    delimiter = next((mark for mark in _DELIMITERS if mark in head), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _mistake(path, reader.line_num, f"is not CSV ({error})") from error


def _columns(path: Path, line: int, header: Sequence[str]) -> list[Language | None]:
    """Return the language of each column, None for the notes."""
    names = [cell.strip().casefold() for cell in header]
    allowed = {_NOTE: None, **{language.value: language for language in Language}}
    for name in names:
        if name not in allowed:
            raise _mistake(
                path, line, "names a column that is neither a language nor note", name[:40]
            )
        if names.count(name) > 1:
            raise _mistake(path, line, "names a column twice", name)
    columns = [allowed[name] for name in names]
    if len(columns) - columns.count(None) < _LEAST_LANGUAGES:
        raise _mistake(path, line, "names fewer than two languages of ar, ru and en")
    return columns


def _entry(
    path: Path, line: int, columns: Sequence[Language | None], cells: Sequence[str]
) -> Entry:
    if len(cells) > len(columns):
        raise _mistake(path, line, "has too many cells", limit=len(columns), given=len(cells))
    terms = {
        language: found
        for language, cell in zip(columns, cells, strict=False)
        if language is not None and (found := tuple(_terms(path, line, cell)))
    }
    if len(terms) < _LEAST_LANGUAGES:
        raise _mistake(path, line, "has a term in fewer than two languages")
    return Entry(terms)


def _terms(path: Path, line: int, cell: str) -> Iterator[str]:
    if not cell.strip():
        return
    if cell.strip().startswith(_FORMULA):
        raise _mistake(path, line, "has a cell that a spreadsheet would run as a formula")
    if "\n" in cell.strip() or "\r" in cell.strip():
        raise _mistake(path, line, "has a cell of several lines")
    for alternative in cell.split(_ALTERNATIVE):
        try:
            term = canonical_line(alternative)
        except TextNotUnicode as error:
            raise _mistake(path, line, "has a cell that is not Unicode") from error
        if len(term) > LONGEST_TERM_CHARACTERS:
            raise _mistake(
                path, line, "has a term that is too long", None, LONGEST_TERM_CHARACTERS, len(term)
            )
        if not words_in(term):
            raise _mistake(path, line, "has a term without a word", term)
        yield term


def _mistake(
    path: Path,
    line: int | None,
    what: str,
    term: str | None = None,
    limit: int | None = None,
    given: int | None = None,
) -> RecipeInvalid:
    where = f"{path}" if line is None else f"{path}: line {line}"
    return RecipeInvalid(
        f"{where} {what}{'' if term is None else f': {term}'}.",
        field="glossary",
        limit=limit,
        given=given,
        hint="docs/glossary.md describes the file.",
    )


def _bases(term: str, language: Language) -> tuple[Bases, ...]:
    return tuple(listed_bases(word, language) for word in words_in(term))


def _possible(text: str, language: Language) -> list[Bases]:
    return [possible_bases(word, language) for word in words_in(text)]


def _stands_in(listed: Sequence[Bases], words: Sequence[Bases]) -> bool:
    return any(_fits(listed, words, position) for position in range(len(words)))


def _fits(listed: Sequence[Bases], words: Sequence[Bases], position: int) -> bool:
    there = words[position : position + len(listed)]
    return len(there) == len(listed) and not any(map(frozenset.isdisjoint, there, listed))
