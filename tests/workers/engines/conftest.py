"""Models for the tests: the small trained one, and a tiny one of each architecture."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.models.tiny_architectures import CARDS, tiny_checkpoints
from tests.models.tiny_marian import CARD, tiny_checkpoint, tiny_model
from workers.engines import checkpoint
from workers.models.install import install_from_folder
from workers.models.store import InstalledModel, ModelStore


@pytest.fixture(scope="session")
def tiny() -> InstalledModel:
    return ModelStore(tiny_model()).find(CARD.id)


@pytest.fixture(scope="session")
def _torch() -> Iterator[None]:
    """Import torch and transformers, which warn about each other as they are imported.

    One thread is enough for these models, and never waits for another on a busy machine.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch  # noqa: F401
        from transformers import (  # noqa: F401
            AutoModelForCausalLM,
            AutoModelForSeq2SeqLM,
            GenerationConfig,
        )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "usable_cores", lambda: 1)
        yield


@pytest.fixture(scope="session")
def tiny_hf(tiny: InstalledModel, _torch: None) -> InstalledModel:
    """The small trained model as transformers runs it."""
    return as_checkpoint(tiny, tiny_checkpoint())


@pytest.fixture(scope="session")
def both(
    tmp_path_factory: pytest.TempPathFactory, _torch: None
) -> Callable[[str], tuple[InstalledModel, InstalledModel]]:
    """Give the tiny model of a name converted to CTranslate2, and as a checkpoint."""
    store = ModelStore(tmp_path_factory.mktemp("converted"))
    known: dict[str, InstalledModel] = {}

    def give(name: str) -> tuple[InstalledModel, InstalledModel]:
        folder = tiny_checkpoints() / name
        if name not in known:
            known[name] = install_from_folder(folder, store, CARDS[name], quantization="float32")
        return known[name], as_checkpoint(known[name], folder)

    return give


def as_checkpoint(model: InstalledModel, folder: Path) -> InstalledModel:
    return replace(
        model, folder=folder, manifest=model.manifest.model_copy(update={"engine": "hf"})
    )
