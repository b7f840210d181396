"""Folders that are slow to make, made once on this machine and kept between runs."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_HERE = Path(__file__).parent
_LIBRARIES = ("torch", "transformers", "ctranslate2", "sentencepiece", "tokenizers")


def kept_folder(name: str, module: str, code: Sequence[str]) -> Path:
    """Return what ``python -m module FOLDER`` makes, from an earlier run if nothing has changed.

    ``code`` names the files beside this one that decide what is made. Processes that come at the
    same time wait for the one that makes it. The folder gets its name when it is whole, so that a
    run that was killed leaves nothing to be taken for a model.
    """
    cache = Path(os.environ.get("KHABAR_TEST_CACHE") or Path.home() / ".cache" / "khabar-tests")
    cache.mkdir(parents=True, exist_ok=True)
    place = cache / f"{name}-{_key(code)}"
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            _make(place, module)
    return place


def _make(place: Path, module: str) -> None:
    # The maker is a process of its own: torch keeps its memory, threads and seeds to itself.
    staging = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
    try:
        subprocess.run([sys.executable, "-m", module, str(staging)], check=True, cwd=_ROOT)
        staging.rename(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _key(code: Sequence[str]) -> str:
    """Return what changes when the result would: its code, its lessons, the libraries."""
    digest = hashlib.sha256()
    for name in code:
        digest.update((_HERE / name).read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}={version(name)}\n".encode())
    return digest.hexdigest()[:16]
