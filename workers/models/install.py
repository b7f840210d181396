"""Putting a model into the store, whole or not at all."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from khabar.errors import FieldInvalid
from workers.hints.lexicon import HINTS
from workers.models.checkpoint import convert_checkpoint
from workers.models.converted import (
    SHORTLIST,
    VOCABULARIES,
    split_weights,
    weight_files,
)
from workers.models.digest import folder_digests
from workers.models.manifest import MANIFEST_NAME, Manifest, ModelCard, TokenizerKind
from workers.models.store import STAGING_PREFIX, InstalledModel, ModelStore
from workers.models.tokenizer_files import TRANSFORMERS_FOLDER, copy_tokenizer

_IF_THERE = (HINTS, SHORTLIST)

# Of a checkpoint that transformers runs: no pickle, and no code.
_CHECKPOINT_FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.spm", "*.txt")
_AS_PUBLISHED = "as published"


def install_from_folder(
    source: Path,
    store: ModelStore,
    card: ModelCard,
    *,
    quantization: str = "int8",
    largest_file: int | None = None,
) -> InstalledModel:
    """Install the model in ``source``, replacing one of the same id.

    A folder that CTranslate2 wrote is copied, and ``quantization`` then says how its weights are
    kept; a transformers checkpoint is converted to ``quantization``, or copied as it is if
    transformers is to run it. CTranslate2's weights of more bytes than ``largest_file`` are kept in
    parts. A download only has to end in such a folder. Raises FieldInvalid for a folder that is
    none of these or is damaged, and ModelMissing where the weights are not all there, or a
    conversion needs torch and there is none.
    """
    if not source.is_dir():
        raise FieldInvalid("There is no such folder.", field="folder", given=source.name)
    with _staging(store.folder) as staging:
        model = staging / "model"
        if card.engine == "hf":
            _copy_checkpoint(source, model)
            quantization = _AS_PUBLISHED
        elif weight_files(source):
            _copy_converted(source, model, card.tokenizer)
        else:
            convert_checkpoint(source, model, quantization)
            copy_tokenizer(source, model, card.tokenizer)
        _require_what_was_installed(source, model)
        if largest_file is not None and card.engine == "ct2":
            split_weights(model, largest_file)
        _write_manifest(model, card, quantization)
        _replace(model, store.path_of(card.id), staging)
    return store.find(card.id, card.revision)


@contextmanager
def _staging(store: Path) -> Iterator[Path]:
    """Lend a hidden folder in the store, so that the last step is a rename on one file system."""
    store.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=STAGING_PREFIX, dir=store) as name:
        yield Path(name)


def _copy_checkpoint(source: Path, model: Path) -> None:
    if not (source / "config.json").is_file() or not any(source.glob("*.safetensors")):
        raise FieldInvalid(
            "The folder holds no checkpoint: config.json and weights in safetensors.",
            field="folder",
        )
    model.mkdir()
    for pattern in _CHECKPOINT_FILES:
        for path in source.glob(pattern):
            if path.name != MANIFEST_NAME:
                shutil.copyfile(path, model / path.name)


def _copy_converted(source: Path, model: Path, tokenizer: TokenizerKind) -> None:
    model.mkdir()
    names = (
        *(path.name for path in weight_files(source)),
        "config.json",
        *sorted(path.name for path in source.glob(VOCABULARIES)),
    )
    for name in names:
        if not (source / name).is_file():
            raise FieldInvalid(f"The folder holds no {name}.", field="folder")
        shutil.copyfile(source / name, model / name)
    for name in _IF_THERE:
        if (source / name).is_file():
            shutil.copyfile(source / name, model / name)
    own_folder = source / TRANSFORMERS_FOLDER
    copy_tokenizer(own_folder if own_folder.is_dir() else source, model, tokenizer)


def _write_manifest(model: Path, card: ModelCard, quantization: str) -> None:
    manifest = Manifest(
        **card.model_dump(),
        quantization=quantization,
        files=folder_digests(model),
        installed_at=datetime.now(UTC),
    )
    text = manifest.model_dump_json(indent=2) + "\n"
    (model / MANIFEST_NAME).write_text(text, encoding="utf-8")


def _require_what_was_installed(source: Path, model: Path) -> None:
    """Raise FieldInvalid if the copy of an installed model is not what its manifest tells."""
    if not (source / MANIFEST_NAME).is_file():
        return
    told = json.loads((source / MANIFEST_NAME).read_text("utf-8")).get("files", {})
    damaged = sorted(
        name for name, digest in folder_digests(model).items() if told.get(name, digest) != digest
    )
    if damaged:
        raise FieldInvalid(
            f"The model was damaged on its way: {', '.join(damaged)}.",
            field="folder",
            given=damaged[0],
            hint="Copy the folder again.",
        )


def _replace(model: Path, place: Path, staging: Path) -> None:
    """Move the model to its place. The old one leaves with the staging folder."""
    if place.exists():
        place.rename(staging / "replaced")
    model.rename(place)
