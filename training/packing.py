"""Step 3: everything the GPU machine needs, as numbers, in a few compressed files.

Each text is kept once, as the numbers of its pieces; an example is three numbers: the text to read,
the text to write, the group it is drawn with. LZMA is in the standard library, so that unpacking
asks for nothing.
"""

import json
import lzma
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from khabar.languages import Language
from training.config import Config
from training.forms import without_yo
from training.hints import HintedSources
from training.lexicon import translations
from training.meetings import Numbers
from training.pairs import PAIRED, TRAIN, TextPair, direction_name, read_pairs
from training.prepare import PAIRS
from training.shortlist import write_shortlist
from training.unpacking import CONFIG, DTYPES, MANIFEST, SUFFIX, Group, Pack, digests
from training.vocabulary import END, VOCABULARY, Pieces, load_pieces, tag_ids
from training.word_lexicon import learn_lexicon
from workers.hints.lexicon import HINTS
from workers.models.converted import SHORTLIST

_TOKEN_BYTES = DTYPES["tokens"].itemsize
_NOWHERE = -1


class _Text(NamedTuple):
    """A text to read or write.

    Hints make another source of it for each target language, and one with all of them where it is
    not ``learnt`` from. So does the mark that a full translation is wanted.
    """

    language: Language
    copy: int
    text: str
    hinted_for: Language | None = None
    learnt: bool = True
    full_for: Language | None = None


@dataclass(slots=True)
class _Texts:
    """The texts met so far, each once. A noisy copy is cut into pieces at random."""

    places: dict[_Text, int] = field(default_factory=dict)

    def place(self, text: _Text) -> int:
        return self.places.setdefault(text, len(self.places))

    def encode(
        self, pieces: Pieces, alpha: float, threads: int, sources: HintedSources | None
    ) -> list[list[int]]:
        rows: list[list[int]] = [[]] * len(self.places)
        tags = tag_ids(pieces)
        for sampled in (False, True):
            chosen = [key for key in self.places if bool(key.copy) is sampled]
            how = {"enable_sampling": True, "alpha": alpha, "nbest_size": -1}
            encoded = pieces.encode(
                [key.text for key in chosen],
                num_threads=threads,
                **(how if sampled and alpha else {}),
            )
            for key, row in zip(chosen, encoded, strict=True):
                told = _told(sources, row, key) if sources else row
                # A second tag before the text says that all of it is to be said.
                mark = [tags[key.full_for]] if key.full_for else []
                rows[self.places[key]] = [*mark, *told, END]
        return rows


def _told(sources: HintedSources, row: list[int], text: _Text) -> list[int]:
    if text.hinted_for is None:
        return row
    hinted = sources.with_some_hints if text.learnt else sources.hinted
    return hinted(row, text.language, text.hinted_for)


def pack(
    config: Config, config_file: Path, work: Path, target: Path, effort: int = 9
) -> dict[str, Any]:
    """Write the pack into ``target`` and return its manifest.

    An example of which either side is longer than the model is to learn is left out. ``effort`` is
    LZMA's, 0 to 9; the most takes minutes.
    """
    target.mkdir(parents=True, exist_ok=True)
    pieces = load_pieces(work / VOCABULARY)
    texts = _Texts()
    sources = _hinted(config, work, target, pieces)
    groups, examples = _examples(
        read_pairs(work / PAIRS), texts, config, hinted=sources is not None
    )
    rows = texts.encode(pieces, config.vocabulary.alpha, config.train.threads, sources)
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    kept = _short_enough(examples, lengths, config.train.max_length)
    arrays = _arrays(rows, lengths, kept)
    arrays["lexicon"] = _lexicon(config, groups, arrays, kept)
    _shorten(Pack(target, tuple(groups), **arrays), config, pieces)
    for name, array in arrays.items():
        _write(target / f"{name}{SUFFIX}", array.astype(DTYPES[name]), effort)
    shutil.copyfile(work / VOCABULARY, target / VOCABULARY)
    shutil.copyfile(config_file, target / CONFIG)
    manifest = {
        "groups": [[g.split, g.source, g.first.value, g.second.value] for g in groups],
        "examples": _counts(groups, kept),
        "texts": len(rows),
        "tokens": int(lengths.sum()),
        "too long": len(examples) - len(kept),
        "files": digests(target),
    }
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _hinted(config: Config, work: Path, target: Path, pieces: Pieces) -> HintedSources | None:
    """Learn and write the lexicon of hints, if the model is to read any."""
    if config.hints is None:
        (target / HINTS).unlink(missing_ok=True)
        return None
    lexicon = learn_lexicon(read_pairs(work / PAIRS), config.hints)
    lexicon.write(target / HINTS)
    return HintedSources(lexicon, pieces, config.hints, config.data.seed)


def _shorten(pack: Pack, config: Config, pieces: Pieces) -> None:
    """Learn and write the shortlist, if the model is to have one."""
    path = pack.folder / SHORTLIST
    if config.shortlist is None:
        path.unlink(missing_ok=True)
    else:
        write_shortlist(pack, pieces, config.shortlist, path)


def _examples(
    pairs: Iterable[TextPair], texts: _Texts, config: Config, *, hinted: bool
) -> tuple[list[Group], npt.NDArray[np.int64]]:
    """Return the groups, and a row an example: source, target, group, and source without hints.

    What is never learnt from is left out. A noisy copy with hints is not there without them.
    Russian has е for ё where it is to be written.
    """
    numbers: dict[Group, int] = {}
    rows: list[tuple[int, int, int, int]] = []
    for pair in pairs:
        if pair.split == TRAIN and not config.mix.draws(pair.source):
            continue
        first = _Text(pair.first, pair.copy, pair.first_text)
        second = _Text(pair.second, 0, pair.second_text)
        ways = [(first, second)] if pair.copy else [(first, second), (second, first)]
        for source, written in ways:
            group = Group(pair.split, pair.source, source.language, written.language)
            if not config.mix.learns(group.direction):
                continue
            read = source
            learnt = pair.split == TRAIN
            if hinted:
                read = read._replace(hinted_for=written.language, learnt=learnt)
            least = config.full.get(group.direction)
            if least and (not learnt or len(written.text) >= least * len(source.text)):
                read = read._replace(full_for=written.language)
            plain = _NOWHERE if hinted and pair.copy else texts.place(source)
            written = written._replace(text=without_yo(written.text))
            number = numbers.setdefault(group, len(numbers))
            rows.append((texts.place(read), texts.place(written), number, plain))
    found = np.array(rows, dtype=np.int64).reshape(-1, 4)
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
    config: Config, groups: list[Group], arrays: dict[str, Numbers], examples: Numbers
) -> Numbers:
    """Learn the pieces' translations from some training examples of each group, once a pair."""
    chance = np.random.default_rng(config.data.seed)
    chosen = defaultdict[tuple[Language, Language], list[Numbers]](list)
    for number, group in enumerate(groups):
        if group.split == TRAIN and _stands_for_both(config, group):
            plain = (examples[:, 2] == number) & (examples[:, 3] != _NOWHERE)
            members = chance.permutation(np.flatnonzero(plain))
            chosen[group.first, group.second].append(members[: config.vocabulary.lexicon])
    both = examples[:, [3, 1]]
    found = [
        translations(arrays["tokens"], arrays["lengths"], both[np.concatenate(parts)])
        for parts in chosen.values()
    ]
    return np.concatenate([np.empty((0, 3), np.uint16), *found])


def _stands_for_both(config: Config, group: Group) -> bool:
    """Tell whether a direction is the one of its two that is counted."""
    back = direction_name(group.second, group.first)
    return (group.first, group.second) in PAIRED or not config.mix.learns(back)


def _write(path: Path, array: Numbers, effort: int) -> None:
    path.write_bytes(lzma.compress(array.tobytes(), filters=_filters(array.itemsize, effort)))


def _filters(size: int, effort: int) -> list[dict[str, int]]:
    """Return how numbers of so many bytes are compressed."""
    coder = {"id": lzma.FILTER_LZMA2, "preset": effort}
    if size == _TOKEN_BYTES:
        # The coder is told that a number begins at every second byte, and looks back far enough to
        # find the sentence whose noisy copy it is at: an eighth less than without.
        return [coder | {"dict_size": 1 << 27, "lc": 3, "lp": 1, "pb": 1}]
    # Numbers of texts mostly rise by the same step.
    return [{"id": lzma.FILTER_DELTA, "dist": size}, coder]


def _counts(groups: list[Group], examples: npt.NDArray[np.int64]) -> dict[str, int]:
    counts = Counter(examples[:, 2].tolist())
    return {
        f"{group.split} {group.source} {group.direction}": counts[number]
        for number, group in enumerate(groups)
    }
