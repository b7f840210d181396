"""Which pieces a translation may be written with: those of the language that is asked for.

Scoring each of 16,000 pieces at each step is most of what a small model's search does, and more
than half of them belong to other languages. Lists by the source's words (Jean et al. 2015, "On
Using Very Large Target Vocabulary for Neural Machine Translation", section 3) are shorter, but a
batch shares what its sentences let: a sentence would hang on its neighbours. One by the language
alone does not, and leaves out next to nothing that would be written (decision 0025).
"""

from pathlib import Path

import numpy as np

from khabar.languages import Language
from training.config import ShortlistConfig
from training.meetings import Numbers
from training.pairs import TRAIN
from training.unpacking import Pack
from training.vocabulary import START, Pieces, piece_names, tag_ids
from workers.hints.sources import SPACE

_SEPARATORS = frozenset(" \t\r\n")


def write_shortlist(pack: Pack, pieces: Pieces, config: ShortlistConfig, target: Path) -> None:
    """Write what each language's tag lets a translation have, as CTranslate2 reads it.

    Those are the language's most frequent pieces, and all letters and bytes it is written with.
    """
    names = piece_names(pieces)
    known = set(range(START + 1, len(names))) - set(tag_ids(pieces).values())
    # The file has spaces between the pieces.
    writable = [piece for piece in sorted(known) if not _SEPARATORS & set(names[piece])]
    letters = {piece for piece in writable if _is_a_letter(names[piece])}
    lines = []
    for language, tag in sorted(tag_ids(pieces).items()):
        counts = _counts(pack, language, len(names))
        ranked = sorted(writable, key=counts.__getitem__, reverse=True)
        let = {piece for piece in letters.union(ranked[: config.frequent]) if counts[piece]}
        if let:
            lines.append(f"{names[tag]}\t{' '.join(names[piece] for piece in sorted(let))}\n")
    target.write_text("".join(lines), encoding="utf-8", newline="\n")


def _is_a_letter(name: str) -> bool:
    """Tell whether a piece is one character or byte, which rare names are spelt with."""
    return len(name.removeprefix(SPACE)) == 1 or name.startswith("<0x")


def _counts(pack: Pack, language: Language, size: int) -> Numbers:
    """Return how often each piece stands in the texts to learn writing a language from."""
    known = enumerate(pack.groups_known)
    groups = [number for number, one in known if (one.split, one.second) == (TRAIN, language)]
    chosen = np.zeros(len(pack.lengths), bool)
    chosen[pack.targets[np.isin(pack.groups, groups)]] = True
    return np.bincount(pack.tokens[np.repeat(chosen, pack.lengths)], minlength=size)
