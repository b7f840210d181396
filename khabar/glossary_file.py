"""A glossary as a person keeps it in a spreadsheet: CSV, described in docs/glossary.md."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from khabar.canonical import canonical_line
from khabar.errors import GlossaryInvalid, TextNotUnicode
from khabar.glossary import Entry, Glossary
from khabar.languages import Language
from khabar.word_forms import words_in

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
class _Sheet:
    """What is being read. ``quoted`` tells whether an error may repeat its words."""

    name: str
    quoted: bool

    def mistake(
        self,
        line: int | None,
        what: str,
        term: str | None = None,
        limit: int | None = None,
        given: int | None = None,
    ) -> GlossaryInvalid:
        where = self.name if line is None else f"{self.name}: line {line}"
        word = "" if term is None or not self.quoted else f": {term}"
        return GlossaryInvalid(
            f"{where} {what}{word}.",
            field="glossary",
            limit=limit,
            given=given,
            hint="docs/glossary.md describes the file.",
        )


def read_glossary(path: Path) -> Glossary:
    """Read a glossary file. Raises GlossaryInvalid, which names the file, line and mistake."""
    sheet = _Sheet(str(path), quoted=True)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise sheet.mistake(None, "is too large", limit=LARGEST_FILE_BYTES, given=size)
        content = path.read_bytes()
    except OSError as error:
        raise sheet.mistake(None, f"cannot be read ({error.strerror})") from error
    return Glossary(_entries(sheet, _decoded(sheet, content)))


def receive_glossary(content: bytes) -> tuple[Glossary, str]:
    """Return the glossary that was sent, and its text without a byte-order mark.

    Raises GlossaryInvalid, which names the line and the mistake and repeats nothing of the text.
    """
    sheet = _Sheet("The glossary", quoted=False)
    text = _decoded(sheet, content)
    return Glossary(_entries(sheet, text)), text


def delimiter_of(text: str) -> str:
    """Return what separates the cells, as the first line shows it.

    Spreadsheets write semicolons where the comma is the decimal sign, as in Russian.
    """
    head = text.partition("\n")[0]
    return next((mark for mark in _DELIMITERS if mark in head), ",")


def _decoded(sheet: _Sheet, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise sheet.mistake(None, "is not UTF-8; save it as CSV UTF-8") from error
    before, nul, _ = text.partition("\0")
    if nul:
        # Every other character of UTF-16 looks like this.
        line = before.count("\n") + 1
        raise sheet.mistake(line, "has a NUL, which no text has; save it as CSV UTF-8")
    return text


def _entries(sheet: _Sheet, text: str) -> Iterator[Entry]:
    rows = _rows(sheet, text)
    line, header = next(rows, (1, []))
    columns = _columns(sheet, line, header)
    seen: dict[tuple[Language, str], int] = {}
    for count, (line, cells) in enumerate(rows, start=1):
        if count > MOST_ENTRIES:
            raise sheet.mistake(line, "has too many entries", limit=MOST_ENTRIES)
        entry = _entry(sheet, line, columns, cells)
        for language, terms in entry.terms.items():
            for term in terms:
                first = seen.setdefault((language, term.casefold()), line)
                if first != line:
                    raise sheet.mistake(line, f"lists a term again that line {first} has", term)
        yield entry


def _rows(sheet: _Sheet, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, with the numbers of their lines."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter_of(text), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise sheet.mistake(reader.line_num, f"is not CSV ({error})") from error


def _columns(sheet: _Sheet, line: int, header: Sequence[str]) -> list[Language | None]:
    """Return the language of each column, None for the notes."""
    names = [cell.strip().casefold() for cell in header]
    allowed = {_NOTE: None, **{language.value: language for language in Language}}
    for name in names:
        if name not in allowed:
            raise sheet.mistake(
                line, "names a column that is neither a language nor note", name[:40]
            )
        if names.count(name) > 1:
            raise sheet.mistake(line, "names a column twice", name)
    columns = [allowed[name] for name in names]
    if len(columns) - columns.count(None) < _LEAST_LANGUAGES:
        raise sheet.mistake(line, "names fewer than two languages of ar, ru and en")
    return columns


def _entry(
    sheet: _Sheet, line: int, columns: Sequence[Language | None], cells: Sequence[str]
) -> Entry:
    if len(cells) > len(columns):
        raise sheet.mistake(line, "has too many cells", limit=len(columns), given=len(cells))
    # Notes too: a glossary is read again, and opened in the spreadsheets of others.
    if any(cell.strip().startswith(_FORMULA) for cell in cells):
        raise sheet.mistake(line, "has a cell that a spreadsheet would run as a formula")
    terms = {
        language: found
        for language, cell in zip(columns, cells, strict=False)
        if language is not None and (found := tuple(_terms(sheet, line, cell)))
    }
    if len(terms) < _LEAST_LANGUAGES:
        raise sheet.mistake(line, "has a term in fewer than two languages")
    return Entry(terms)


def _terms(sheet: _Sheet, line: int, cell: str) -> Iterator[str]:
    if not cell.strip():
        return
    if "\n" in cell.strip() or "\r" in cell.strip():
        raise sheet.mistake(line, "has a cell of several lines")
    for alternative in cell.split(_ALTERNATIVE):
        try:
            term = canonical_line(alternative)
        except TextNotUnicode as error:
            raise sheet.mistake(line, "has a cell that is not Unicode") from error
        if len(term) > LONGEST_TERM_CHARACTERS:
            raise sheet.mistake(
                line, "has a term that is too long", None, LONGEST_TERM_CHARACTERS, len(term)
            )
        if not words_in(term):
            raise sheet.mistake(line, "has a term without a word", term)
        yield term
