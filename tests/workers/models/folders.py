"""Folders that look like converted models, for tests that never load them."""

from pathlib import Path

from khabar.languages import Language
from workers.models.manifest import LanguagePair, ModelCard

CARD = ModelCard(
    id="owner/model",
    revision="abc",
    licence="CC-BY-4.0",
    architecture="MarianMTModel",
    pairs=(LanguagePair(source=Language.ENGLISH, target=Language.RUSSIAN),),
)

FILES = {
    "model.bin": b"weights",
    "config.json": b"{}",
    "shared_vocabulary.json": b"[]",
    "source.spm": b"source",
    "target.spm": b"target",
}


def converted(folder: Path, **changes: bytes | None) -> Path:
    """Write a folder as CTranslate2 leaves it; a change of None leaves a file out."""
    folder.mkdir()
    for name, content in {**FILES, **changes}.items():
        if content is not None:
            (folder / name).write_bytes(content)
    return folder
