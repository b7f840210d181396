"""The sentence pairs of training/newsbank, for measuring what works on pairs."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from khabar.languages import Language
from workers.protocols import Pair

NEWSBANK = Path(__file__).resolve().parents[1] / "training" / "newsbank"
_LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.ARABIC)

DIRECTIONS = (
    (Language.ENGLISH, Language.RUSSIAN),
    (Language.ENGLISH, Language.ARABIC),
    (Language.RUSSIAN, Language.ENGLISH),
    (Language.ARABIC, Language.ENGLISH),
    (Language.RUSSIAN, Language.ARABIC),
    (Language.ARABIC, Language.RUSSIAN),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A body sentence in the three languages.

    ``held_out`` is true for a tenth of the items, chosen by the hash of what names the item.
    """

    texts: dict[Language, str]
    held_out: bool

    def pair(self, source: Language, target: Language) -> Pair:
        """Return the sentence in two of its languages."""
        return Pair(self.texts[source], source, self.texts[target], target)


def body_lines(folder: Path = NEWSBANK) -> Iterator[Line]:
    """Yield every body sentence of the newsbank, file by file."""
    for path in sorted(folder.glob("*_*.tsv")):
        held_out = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            kind, _, rest = line.partition("\t")
            if kind == "#":
                # An item of briefs has no headline, and many have the same topic.
                held_out = _is_held_out(f"{path.name}:{number}:{rest}")
            if kind == "H":
                held_out = _is_held_out(rest.split("\t")[0])
            if kind == "B":
                texts = dict(zip(_LANGUAGES, rest.split("\t"), strict=True))
                yield Line(texts, held_out)


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the sentences of a file that has English, Russian and Arabic in columns, and a heading.

    All count as held out.
    """
    _, *lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines:
        yield Line(dict(zip(_LANGUAGES, line.split("\t"), strict=True)), held_out=True)


def _is_held_out(name: str) -> bool:
    return hashlib.sha256(name.encode()).digest()[0] % 10 == 0
