"""The newsbank: original news items, sentence-aligned in English, Russian and Arabic."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from khabar.languages import Language

COLUMNS = (Language.ENGLISH, Language.RUSSIAN, Language.ARABIC)
GAZETTEER, DICTIONARY = "gazetteer.tsv", "dictionary.tsv"
NOT_ITEMS = frozenset({GAZETTEER, DICTIONARY})
HELD_OUT_SHARE = 10
"""One item in this many is kept for evaluation."""


MORE = "more"
"""A folder in the newsbank's own with items written later: training reads them too, and what was
measured on the newsbank before stays comparable."""
CLOSE = "close"
"""Another, with items whose translations follow the English word by word, and what training calls
their sentences. Those of the other items are rather retold than translated."""


class NewsbankMalformed(ValueError):
    """A line of the newsbank is not four tab-separated fields of a known kind."""


@dataclass(frozen=True, slots=True)
class Item:
    """One news item, or one list of briefs.

    ``body`` and ``summary`` hold the same number of sentences in each language, and the sentences
    at one position say the same. A list of briefs has no headline and no summary: its
    ``headlines`` is empty, and so are the tuples of its ``summary``. ``origin`` is the language
    the story was thought out in, and ``close`` says that it was translated word by word.
    """

    topic: str
    place: str
    origin: Language
    headlines: Mapping[Language, str]
    body: Mapping[Language, tuple[str, ...]]
    summary: Mapping[Language, tuple[str, ...]]
    close: bool = False


def read_items(folder: Path) -> list[Item]:
    """Return every item of the ``.tsv`` files in ``folder``, in the order of file and line.

    Raises NewsbankMalformed with the file and line at fault.
    """
    files = sorted(path for path in folder.glob("*.tsv") if path.name not in NOT_ITEMS)
    return [item for path in files for item in _read_file(path)]


def read_newsbank(newsbank: Path) -> list[Item]:
    """Return all items to learn from and to hold out: the first ones, later ones and close ones.

    Raises NewsbankMalformed.
    """
    close = (replace(item, close=True) for item in read_items(newsbank / CLOSE))
    return [*read_items(newsbank), *read_items(newsbank / MORE), *close]


def held_out(item: Item) -> bool:
    """Tell whether the item belongs to the tenth that nothing may be tuned or trained on.

    The choice hangs on the SHA-256 of the English headline (of the first English sentence where
    there is no headline), so that adding items never moves one from one part to the other.
    """
    key = item.headlines.get(Language.ENGLISH) or item.body[Language.ENGLISH][0]
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") % HELD_OUT_SHARE == 0


def _read_file(path: Path) -> Iterator[Item]:
    block: list[list[str]] = []
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != len(COLUMNS) + 1 or fields[0] not in ("#", "H", "B", "S"):
            raise NewsbankMalformed(f"{path.name}, line {number}: four fields, # H B or S first.")
        if fields[0] == "#" and block:
            yield _item(block)
            block = []
        block.append(fields)
    if block:
        yield _item(block)


def _item(block: Iterable[list[str]]) -> Item:
    head, *rest = block
    if head[0] != "#":
        raise NewsbankMalformed(f"An item begins with '#', not with {head[0]!r}.")
    _, topic, place, origin = head
    columns: dict[str, list[tuple[str, ...]]] = {
        kind: list(zip(*(fields[1:] for fields in rest if fields[0] == kind), strict=True))
        for kind in "HBS"
    }
    return Item(
        topic=topic,
        place=place,
        origin=Language(origin),
        headlines={
            language: column[0] for language, column in zip(COLUMNS, columns["H"], strict=False)
        },
        body=_by_language(columns["B"]),
        summary=_by_language(columns["S"]),
    )


def _by_language(columns: list[tuple[str, ...]]) -> dict[Language, tuple[str, ...]]:
    return dict(zip(COLUMNS, columns or [()] * len(COLUMNS), strict=True))
