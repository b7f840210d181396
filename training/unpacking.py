"""A pack as it is read: texts as numbers, examples as pairs of texts, a few compressed files.

The GPU machine reads packs and makes none, so this asks for little.
"""

import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from khabar.languages import Language
from training.meetings import Numbers
from training.pairs import direction_name
from training.vocabulary import VOCABULARY

CONFIG, MANIFEST = "config.toml", "manifest.json"
SUFFIX = ".xz"
DTYPES: dict[str, np.dtype[Any]] = {
    "tokens": np.dtype("<u2"),
    "lengths": np.dtype("<u2"),
    "sources": np.dtype("<u4"),
    "targets": np.dtype("<u4"),
    "groups": np.dtype("<u2"),
    "lexicon": np.dtype("<u2"),
}
"""How each array is kept, by the name of its file."""


class PackDamaged(ValueError):
    """A file of the pack is missing, or is not what was packed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Examples that are drawn alike."""

    split: str
    source: str
    first: Language
    second: Language

    @property
    def direction(self) -> str:
        """The direction's name."""
        return direction_name(self.first, self.second)


@dataclass(frozen=True, slots=True)
class Pack:
    """What was packed.

    ``tokens`` holds all texts one after another, each with its end token; ``lengths`` how many
    tokens each has. ``sources``, ``targets`` (numbers of texts) and ``groups`` have one value an
    example, and lie in the order of the groups. ``lexicon`` is what ``training.lexicon`` found.
    """

    folder: Path
    groups_known: tuple[Group, ...]
    tokens: Numbers
    lengths: Numbers
    sources: Numbers
    targets: Numbers
    groups: Numbers
    lexicon: Numbers

    @property
    def vocabulary(self) -> Path:
        """The sentencepiece model."""
        return self.folder / VOCABULARY

    def text(self, number: int) -> list[int]:
        """Return the tokens of a text."""
        start = int(self.lengths[:number].sum(dtype=np.int64))
        found: list[int] = self.tokens[start : start + int(self.lengths[number])].tolist()
        return found


def unpack(folder: Path) -> Pack:
    """Check every file's sum and return what was packed. Raises PackDamaged."""
    if not (folder / MANIFEST).is_file():
        raise PackDamaged(f"There is no {MANIFEST}.")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    found = digests(folder)
    wanted = dict.fromkeys((f"{name}{SUFFIX}" for name in DTYPES), "") | manifest["files"]
    if wrong := sorted(name for name, sum_ in wanted.items() if found.get(name) != sum_):
        raise PackDamaged(f"Missing, or not what was packed: {', '.join(wrong)}.")
    arrays = {
        name: np.frombuffer(lzma.decompress((folder / f"{name}{SUFFIX}").read_bytes()), dtype)
        for name, dtype in DTYPES.items()
    }
    groups = tuple(
        Group(split, source, Language(first), Language(second))
        for split, source, first, second in manifest["groups"]
    )
    arrays["lexicon"] = arrays["lexicon"].reshape(-1, 3)
    return Pack(folder, groups, **arrays)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a pack but the manifest, in hexadecimal."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
