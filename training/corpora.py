"""Reading the sentence pairs: one file ``SOURCE.XX-YY.tsv.xz`` a source and two languages."""

import lzma
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from khabar.languages import Language

_NAME = re.compile(r"(?P<source>[a-z0-9]+)\.(?P<first>en|ru)-(?P<second>ru|ar)\.tsv\.xz")


class CorpusMalformed(ValueError):
    """A corpus has a line that is not two tab-separated texts."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One file."""

    path: Path
    source: str
    first: Language
    second: Language

    def lines(self, limit: int, seed: int) -> list[tuple[str, str]]:
        """Return the pairs in the order of the file: all, or a random ``limit`` of them."""
        rows = list(self._rows())
        if not limit or len(rows) <= limit:
            return rows
        chosen = random.Random(seed).sample(range(len(rows)), limit)  # noqa: S311
        return [rows[position] for position in sorted(chosen)]

    def _rows(self) -> Iterator[tuple[str, str]]:
        with lzma.open(self.path, "rt", encoding="utf-8", newline="\n") as stream:
            for number, line in enumerate(stream, start=1):
                parts = line.rstrip("\r\n").split("\t")
                if len(parts) != 2:
                    raise CorpusMalformed(f"{self.path.name}, line {number}: two texts wanted.")
                yield parts[0], parts[1]


def find_corpora(folder: Path) -> list[Corpus]:
    """Return the corpora of a folder by name. Other files there are left alone."""
    found = [(path, _NAME.fullmatch(path.name)) for path in sorted(folder.glob("*.tsv.xz"))]
    return [
        Corpus(path, name["source"], Language(name["first"]), Language(name["second"]))
        for path, name in found
        if name
    ]
