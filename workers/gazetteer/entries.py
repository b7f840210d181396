"""The gazetteer: what a name or a fixed term is called in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from khabar.languages import Language
from workers.gazetteer.aliases import ALIASES
from workers.gazetteer.once import once

_COLUMNS = (Language.ENGLISH, Language.RUSSIAN, Language.ARABIC)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A name or a term. ``kind`` is that of the file: country, city, person, term and so on."""

    kind: str
    forms: Mapping[Language, str]


@once
def entries() -> tuple[Entry, ...]:
    """Return the gazetteer that comes with Khabar, and the aliases; read at the first call.

    Its file is a copy of training/newsbank/gazetteer.tsv.
    """
    lines = [line.split("\t") for line in read_data("gazetteer.tsv")]
    return tuple(_entry(kind, *forms) for kind, *forms in (*lines, *ALIASES))


def read_data(name: str) -> list[str]:
    """Return the lines of a file that comes with the workers."""
    text = (resources.files("workers") / "data" / name).read_text(encoding="utf-8")
    return text.splitlines()


def _entry(kind: str, *forms: str) -> Entry:
    return Entry(kind, dict(zip(_COLUMNS, forms, strict=True)))
