"""Step 3: everything the GPU machine needs, as numbers, in a few compressed files.

Each text is kept once, as the numbers of its pieces; an example is three numbers: the text to read,
the text to write, the group it is drawn with. LZMA is in the standard library, so that unpacking
asks for nothing.
"""

import hashlib
import json
import lzma
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from khabar.languages import Language
from training.config import Config
from training.lexicon import Numbers, translations
from training.pairs import PAIRED, TRAIN, TextPair, direction_name, read_pairs
from training.prepare import PAIRS
from training.vocabulary import END, VOCABULARY, Pieces, load_pieces

CONFIG, MANIFEST = "config.toml", "manifest.json"
_SUFFIX = ".xz"
_DTYPES: dict[str, np.dtype[Any]] = {
    "tokens": np.dtype("<u2"),
    "lengths": np.dtype("<u2"),
    "sources": np.dtype("<u4"),
    "targets": np.dtype("<u4"),
    "groups": np.dtype("<u2"),
    "lexicon": np.dtype("<u2"),
}

_FILTERS: dict[int, list[dict[str, int]]] = {
    # The coder is told that a number begins at every second byte, and looks back far enough to find
    # the sentence whose noisy copy it is at: an eighth less than without.
    2: [
        {"id": lzma.FILTER_LZMA2, "preset": 9, "dict_size": 1 << 27, "lc": 3, "lp": 1, "pb": 1},
    ],
    # Numbers of texts mostly rise by the same step.
    4: [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 9}],
}
"""How numbers of so many bytes are compressed."""


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


@dataclass(slots=True)
class _Texts:
    """The texts met so far. A noisy copy is cut into pieces at random, and once."""

    places: dict[tuple[Language, int, str], int] = field(default_factory=dict)

    def place(self, language: Language, copy: int, text: str) -> int:
        return self.places.setdefault((language, copy, text), len(self.places))

    def encode(self, pieces: Pieces, alpha: float, threads: int) -> list[list[int]]:
        rows: list[list[int]] = [[]] * len(self.places)
        for sampled in (False, True):
            chosen = [key for key in self.places if bool(key[1]) is sampled]
            how = {"enable_sampling": True, "alpha": alpha, "nbest_size": -1}
            encoded = pieces.encode(
                [text for _, _, text in chosen],
                num_threads=threads,
                **(how if sampled and alpha else {}),
            )
            for key, row in zip(chosen, encoded, strict=True):
                rows[self.places[key]] = [*row, END]
        return rows


def pack(config: Config, config_file: Path, work: Path, target: Path) -> dict[str, Any]:
    """Write the pack into ``target`` and return its manifest.

    An example of which either side is longer than the model is to learn is left out.
    """
    target.mkdir(parents=True, exist_ok=True)
    pieces = load_pieces(work / VOCABULARY)
    texts = _Texts()
    groups, examples = _examples(read_pairs(work / PAIRS), texts)
    rows = texts.encode(pieces, config.vocabulary.alpha, config.train.threads)
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    kept = _short_enough(examples, lengths, config.train.max_length)
    arrays = _arrays(rows, lengths, kept)
    arrays["lexicon"] = _lexicon(config, groups, arrays, pieces.get_piece_size())
    for name, array in arrays.items():
        _write(target / f"{name}{_SUFFIX}", array.astype(_DTYPES[name]))
    shutil.copyfile(work / VOCABULARY, target / VOCABULARY)
    shutil.copyfile(config_file, target / CONFIG)
    manifest = {
        "groups": [[g.split, g.source, g.first.value, g.second.value] for g in groups],
        "examples": _counts(groups, kept),
        "texts": len(rows),
        "tokens": int(lengths.sum()),
        "too long": len(examples) - len(kept),
        "files": _digests(target),
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def unpack(folder: Path) -> Pack:
    """Check every file's sum and return what was packed. Raises PackDamaged."""
    if not (folder / MANIFEST).is_file():
        raise PackDamaged(f"There is no {MANIFEST}.")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    found = _digests(folder)
    wanted = dict.fromkeys((f"{name}{_SUFFIX}" for name in _DTYPES), "") | manifest["files"]
    if wrong := sorted(name for name, sum_ in wanted.items() if found.get(name) != sum_):
        raise PackDamaged(f"Missing, or not what was packed: {', '.join(wrong)}.")
    arrays = {
        name: np.frombuffer(lzma.decompress((folder / f"{name}{_SUFFIX}").read_bytes()), dtype)
        for name, dtype in _DTYPES.items()
    }
    groups = tuple(
        Group(split, source, Language(first), Language(second))
        for split, source, first, second in manifest["groups"]
    )
    arrays["lexicon"] = arrays["lexicon"].reshape(-1, 3)
    return Pack(folder, groups, **arrays)


def _examples(
    pairs: Iterable[TextPair], texts: _Texts
) -> tuple[list[Group], npt.NDArray[np.int64]]:
    """Return the groups, and a row an example: source, target and group."""
    numbers: dict[Group, int] = {}
    rows: list[tuple[int, int, int]] = []
    for pair in pairs:
        first = texts.place(pair.first, pair.copy, pair.first_text)
        second = texts.place(pair.second, 0, pair.second_text)
        there = Group(pair.split, pair.source, pair.first, pair.second)
        rows.append((first, second, numbers.setdefault(there, len(numbers))))
        if not pair.copy:
            back = Group(pair.split, pair.source, pair.second, pair.first)
            rows.append((second, first, numbers.setdefault(back, len(numbers))))
    found = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return list(numbers), found[np.argsort(found[:, 2], kind="stable")]


def _short_enough(
    examples: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], limit: int
) -> npt.NDArray[np.int64]:
    # The tag stands before what is read.
    fits = (lengths[examples[:, 0]] + 1 <= limit) & (lengths[examples[:, 1]] <= limit)
    return examples[fits]


def _arrays(
    rows: list[list[int]], lengths: npt.NDArray[np.int64], examples: npt.NDArray[np.int64]
) -> dict[str, Numbers]:
    tokens = np.fromiter((token for row in rows for token in row), np.int64, int(lengths.sum()))
    return {
        "tokens": tokens,
        "lengths": lengths,
        "sources": examples[:, 0],
        "targets": examples[:, 1],
        "groups": examples[:, 2],
    }


def _lexicon(
    config: Config, groups: list[Group], arrays: dict[str, Numbers], pieces: int
) -> Numbers:
    """Learn the pieces' translations from some training examples of each group, once a pair."""
    chance = np.random.default_rng(config.data.seed)
    chosen = defaultdict[tuple[Language, Language], list[Numbers]](list)
    for number, group in enumerate(groups):
        if (group.first, group.second) in PAIRED and group.split == TRAIN:
            members = chance.permutation(np.flatnonzero(arrays["groups"] == number))
            chosen[group.first, group.second].append(members[: config.vocabulary.lexicon])
    both = np.stack([arrays["sources"], arrays["targets"]], axis=1)
    found = [
        translations(arrays["tokens"], arrays["lengths"], both[np.concatenate(parts)], pieces)
        for parts in chosen.values()
    ]
    return np.concatenate([np.empty((0, 3), np.uint16), *found])


def _write(path: Path, array: Numbers) -> None:
    path.write_bytes(lzma.compress(array.tobytes(), filters=_FILTERS[array.itemsize]))


def _counts(groups: list[Group], examples: npt.NDArray[np.int64]) -> dict[str, int]:
    counts = Counter(examples[:, 2].tolist())
    return {
        f"{group.split} {group.source} {group.direction}": counts[number]
        for number, group in enumerate(groups)
    }


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
