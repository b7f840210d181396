"""SHA-256 sums of the files of a model."""

import hashlib
from pathlib import Path

from workers.models.manifest import MANIFEST_NAME


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal, read in pieces: weights are large."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def folder_digests(folder: Path) -> dict[str, str]:
    """Return the sum of each file below ``folder`` but the manifest, by its relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in files
        if path != folder / MANIFEST_NAME
    }
