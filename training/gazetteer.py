"""Names, fixed terms and words in three languages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from khabar.languages import Language
from training.items import COLUMNS, DICTIONARY, GAZETTEER, MORE, NewsbankMalformed
from training.news import triple_pairs
from training.pairs import TextPair

SOURCE, WORDS = "gazetteer", "dictionary"
"""What the pairs of names and terms, and those of words, are from."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, term or word: in Russian the nominative, in Arabic without a case ending."""

    kind: str
    texts: Mapping[Language, str]


def read_gazetteer(path: Path) -> list[Entry]:
    """Return the entries in order. Raises NewsbankMalformed with the line at fault."""
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split("\t")
        if len(fields) != len(COLUMNS) + 1 or not all(field.strip() for field in fields):
            raise NewsbankMalformed(f"{path.name}, line {number}: kind, en, ru and ar are wanted.")
        entries.append(Entry(fields[0], dict(zip(COLUMNS, fields[1:], strict=True))))
    return entries


def read_gazetteers(newsbank: Path) -> list[Entry]:
    """Return the entries of the newsbank's gazetteer, and of that written later, if there is one.

    Raises NewsbankMalformed.
    """
    later = newsbank / MORE / GAZETTEER
    return [
        *read_gazetteer(newsbank / GAZETTEER),
        *(read_gazetteer(later) if later.is_file() else ()),
    ]


def read_dictionary(newsbank: Path) -> list[Entry]:
    """Return the words of the newsbank's dictionary, the likeliest translation of each first.

    There are none without the file. Raises NewsbankMalformed.
    """
    path = newsbank / MORE / DICTIONARY
    return read_gazetteer(path) if path.is_file() else []


def entry_pairs(entries: Iterable[Entry], source: str = SOURCE) -> Iterator[TextPair]:
    """Yield every entry as pairs of its own."""
    for entry in entries:
        yield from triple_pairs(source, entry.texts)
