"""A model as CTranslate2 keeps it, with its weights in one file or in parts of it.

Parts are for hosts that take no large file. They are numbered and say how many there are, as the
shards of a checkpoint do (``model-00001-of-00003.bin``), so that one that is gone is missed.
"""

from pathlib import Path

from khabar.errors import ModelMissing

WEIGHTS = "model.bin"
SHORTLIST = "vmap.txt"
"""Which pieces a search scores; CTranslate2 finds it under this name."""
VOCABULARIES = "*vocabulary.*"
_PARTS = "model-*-of-*.bin"
_READ_BY_LIBRARY = ("config.json", VOCABULARIES, SHORTLIST)


def weight_files(folder: Path) -> tuple[Path, ...]:
    """Return the file of a model's weights, or its parts in their order; nothing without either.

    Raises ModelMissing if parts are missing or are there twice.
    """
    whole = folder / WEIGHTS
    if whole.is_file():
        return (whole,)
    found = tuple(sorted(folder.glob(_PARTS)))
    wanted = [_part(number, len(found)) for number in range(1, len(found) + 1)]
    if [path.name for path in found] != wanted:
        raise ModelMissing(
            "Parts of the model's weights are missing.",
            given=", ".join(path.name for path in found),
            hint="Copy the folder again.",
        )
    return found


def read_weights(folder: Path) -> bytes:
    """Return the weights as one. Raises ModelMissing if there are none or parts are missing."""
    files = weight_files(folder)
    if not files:
        raise ModelMissing(f"The folder holds no {WEIGHTS}.")
    return b"".join(path.read_bytes() for path in files)


def split_weights(folder: Path, largest: int) -> None:
    """Put parts in the place of a file of weights that has more bytes than ``largest``."""
    whole = folder / WEIGHTS
    content = whole.read_bytes()
    if len(content) <= largest:
        return
    starts = range(0, len(content), largest)
    for number, start in enumerate(starts, start=1):
        (folder / _part(number, len(starts))).write_bytes(content[start : start + largest])
    whole.unlink()


def files_to_hand_over(folder: Path) -> dict[str, bytes] | None:
    """Return what CTranslate2 reads of a model, by name, where it cannot read the folder itself.

    None where the weights are one file, and for a folder without any, of which it tells. Raises
    ModelMissing if parts are missing.
    """
    if len(weight_files(folder)) < 2:
        return None
    found = {
        path.name: path.read_bytes()
        for pattern in _READ_BY_LIBRARY
        for path in folder.glob(pattern)
    }
    return found | {WEIGHTS: read_weights(folder)}


def _part(number: int, count: int) -> str:
    return f"model-{number:05d}-of-{count:05d}.bin"
