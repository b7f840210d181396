"""A model's folder as CTranslate2 writes it, with its weights in one file or in parts of it.

Parts are for hosts that take no large file. They are numbered and say how many there are
(``model.bin.00001-of-00003``), so that one that is gone is missed.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from khabar.errors import ModelMissing

WEIGHTS = "model.bin"
SHORTLIST = "vmap.txt"
"""Which pieces a search scores; CTranslate2 finds it under this name."""
VOCABULARIES = "*vocabulary.*"
_PART = re.compile(rf"{re.escape(WEIGHTS)}\.\d{{5}}-of-\d{{5}}", re.ASCII)


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the file of a model's weights, or its parts in their order; nothing without either.

    Raises ModelMissing if these are not one whole: a part is gone, or there is something else.
    """
    whole = [WEIGHTS] if (folder / WEIGHTS).is_file() else []
    names = [*whole, *parts_among(path.name for path in folder.glob(f"{WEIGHTS}.*"))]
    if names not in ([], [WEIGHTS], _parts(len(names))):
        raise ModelMissing(
            f"The model's weights are neither one {WEIGHTS} nor all parts of one.",
            given=", ".join(names),
            hint="Copy the folder again, to a place where nothing is.",
        )
    return tuple(folder / name for name in names)


def read_weights(folder: Path) -> bytes:
    """Return the weights as one. Raises ModelMissing if they are not there, or not all."""
    files = weight_files(folder)
    if not files:
        raise ModelMissing(f"The folder holds no {WEIGHTS} and no parts of one.")
    return b"".join(path.read_bytes() for path in files)


def split_weights(folder: Path, largest: int) -> None:
    """See to it that no file of a model's weights has more bytes than ``largest``.

    Raises ModelMissing if the weights are not there, or not all.
    """
    files = weight_files(folder)
    if all(path.stat().st_size <= largest for path in files):
        return
    content = read_weights(folder)
    for path in files:
        path.unlink()
    starts = range(0, len(content), largest)
    for name, start in zip(_parts(len(starts)), starts, strict=True):
        (folder / name).write_bytes(content[start : start + largest])


def parts_among(names: Iterable[str]) -> list[str]:
    """Return the names of parts among those of files, in their order."""
    return sorted(name for name in names if _PART.fullmatch(name))


def _parts(count: int) -> list[str]:
    return [f"{WEIGHTS}.{number:05d}-of-{count:05d}" for number in range(1, count + 1)]
