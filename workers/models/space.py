"""Room on the disk, looked for before anything is written."""

import os
from pathlib import Path

from khabar.errors import ModelMissing

_GIGABYTE = 1_000_000_000


def free_bytes(folder: Path) -> int:
    """Return how much this process may write below a folder, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def require_space(folder: Path, needed: int) -> None:
    """Raise ModelMissing unless so many bytes are free where a folder is or would be."""
    free = free_bytes(folder)
    if free >= needed:
        return
    raise ModelMissing(
        f"The disk of {folder} has no room for the models: {needed / _GIGABYTE:.2f} GB are needed "
        f"and {free / _GIGABYTE:.2f} GB are free.",
        limit=free,
        given=needed,
        hint="Make room (khabar models list, khabar models remove), or set KHABAR_VAR_FOLDER to a "
        "larger disk. What is converted needs room beside what is downloaded.",
    )
