"""A large file as several small ones, and back, held together by SHA-256 sums.

Git hosts and transfers have a limit for one file; the pieces stay under it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

PIECES = "pieces.json"
MAX_PIECE = 15 * 2**20
"""Bytes of one piece: under 16 MiB with room to spare."""


class PiecesDamaged(ValueError):
    """A piece is missing, or is not what was written."""


def split_file(path: Path, target: Path, *, size: int = MAX_PIECE) -> dict[str, Any]:
    """Write the pieces of a file into ``target`` and return what ``join_file`` has to know."""
    content = path.read_bytes()
    parts = []
    for number, start in enumerate(range(0, len(content), size)):
        name = f"{path.name}.{number:02d}"
        part = content[start : start + size]
        (target / name).write_bytes(part)
        parts.append({"name": name, "sha256": hashlib.sha256(part).hexdigest()})
    return {"name": path.name, "sha256": hashlib.sha256(content).hexdigest(), "parts": parts}


def join_file(folder: Path, record: dict[str, Any], target: Path) -> None:
    """Write the whole file to ``target``. Raises PiecesDamaged, and then leaves nothing behind."""
    content = b"".join(_read(folder / part["name"], part["sha256"]) for part in record["parts"])
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise PiecesDamaged(f"{record['name']}: the pieces do not make the whole.")
    target.write_bytes(content)


def split_folder(source: Path, target: Path, *, size: int = MAX_PIECE) -> list[Path]:
    """Write all files of a folder into another as pieces, and a list of them. Return what it holds.

    A file of the same contents as an earlier one is not written twice.
    """
    return split_files(sorted(file for file in source.iterdir() if file.is_file()), target, size)


def split_files(files: Iterable[Path], target: Path, size: int = MAX_PIECE) -> list[Path]:
    """Write some files into a folder as ``split_folder`` does."""
    target.mkdir(parents=True, exist_ok=True)
    known: dict[str, list[dict[str, str]]] = {}
    records = [_split_once(path, target, known, size) for path in files]
    (target / PIECES).write_text(json.dumps({"files": records}, indent=1) + "\n", encoding="utf-8")
    return sorted(target.iterdir())


def join_folder(source: Path, target: Path) -> None:
    """Write the files that ``split_folder`` split. Raises PiecesDamaged."""
    target.mkdir(parents=True, exist_ok=True)
    for record in _records(source):
        join_file(source, record, target / record["name"])


def _records(source: Path) -> Iterator[dict[str, Any]]:
    if not (source / PIECES).is_file():
        raise PiecesDamaged(f"There is no {PIECES}.")
    yield from json.loads((source / PIECES).read_text(encoding="utf-8"))["files"]


def _split_once(
    path: Path, target: Path, known: dict[str, list[dict[str, str]]], size: int
) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest in known:
        return {"name": path.name, "sha256": digest, "parts": known[digest]}
    record = split_file(path, target, size=size)
    known[digest] = record["parts"]
    return record


def _read(path: Path, digest: str) -> bytes:
    if not path.is_file():
        raise PiecesDamaged(f"{path.name} is missing.")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise PiecesDamaged(f"{path.name} is not what was written.")
    return content
