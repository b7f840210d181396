"""A small, real translation model for tests, trained on this machine and kept between runs.

It translates the sentences of grammar.py between English and Russian and between English and
Arabic, and nothing else. Its mistakes are those a real model makes: a wrong tag gives a wrong
language, a wrong tokenizer gives nonsense.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from khabar.languages import Language
from workers.models.manifest import LanguagePair, ModelCard

TAGS = {Language.RUSSIAN: ">>rus<<", Language.ARABIC: ">>ara<<", Language.ENGLISH: ">>eng<<"}
CHECKPOINT = "checkpoint"
MODELS = "models"

CARD = ModelCard(
    id="khabar-tests/tiny-marian",
    revision="1",
    licence="Apache-2.0",
    architecture="MarianMTModel",
    pairs=(
        LanguagePair(source=Language.ENGLISH, target=Language.RUSSIAN),
        LanguagePair(source=Language.ENGLISH, target=Language.ARABIC),
        LanguagePair(source=Language.RUSSIAN, target=Language.ENGLISH),
        LanguagePair(source=Language.ARABIC, target=Language.ENGLISH),
    ),
    target_tokens={language: (tag,) for language, tag in TAGS.items()},
    max_source_tokens=64,
    max_target_tokens=64,
)

_ROOT = Path(__file__).resolve().parents[2]
_CODE = ("grammar.py", "tiny_marian.py", "train_tiny_marian.py")
_LIBRARIES = ("torch", "transformers", "ctranslate2", "sentencepiece")


def tiny_model() -> Path:
    """Return a models folder that holds the model, ready for a service; treat it as read-only."""
    return _trained() / MODELS


def tiny_checkpoint() -> Path:
    """Return the folder of the same model as transformers keeps it."""
    return _trained() / CHECKPOINT


def _trained() -> Path:
    """Return the trained model's folder, training it if no earlier run has.

    Processes that come at the same time wait for the one that trains. The folder gets its name
    when it is whole, so that a run that was killed leaves nothing to be taken for a model.
    """
    cache = Path(os.environ.get("KHABAR_TEST_CACHE") or Path.home() / ".cache" / "khabar-tests")
    cache.mkdir(parents=True, exist_ok=True)
    place = cache / f"tiny-marian-{_key()}"
    with (cache / "tiny-marian.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            _train_into(place)
    return place


def _train_into(place: Path) -> None:
    staging = Path(tempfile.mkdtemp(prefix=".training-", dir=place.parent))
    try:
        subprocess.run(
            [sys.executable, "-m", "tests.models.train_tiny_marian", str(staging)],
            check=True,
            cwd=_ROOT,
        )
        staging.rename(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _key() -> str:
    """Return what changes when the model would: its code, its lessons, the libraries."""
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update((Path(__file__).parent / name).read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name}={version(name)}\n".encode())
    return digest.hexdigest()[:16]
