"""All steps after one another, on a configuration small enough for it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from training.config import Config
from training.evaluate import Evaluation, evaluate
from training.export import CARD, Agreement, export
from training.packing import pack
from training.pairs import read_pairs
from training.pieces import MAX_PIECE, join_folder, split_folder
from training.prepare import PAIRS, Inputs, prepare
from training.train import train
from training.unpacking import unpack
from training.vocabulary import VOCABULARY, fertility, load_pieces, train_vocabulary
from workers.models.install import install_from_folder
from workers.models.manifest import ModelCard
from workers.models.store import InstalledModel, ModelStore
from workers.protocols import Decoding

Result = TypeVar("Result")


class Miniature:
    """Runs the steps in ``work`` and keeps how long each took, in seconds."""

    def __init__(self, config: Config, config_file: Path, inputs: Inputs, work: Path) -> None:
        self.seconds: dict[str, float] = {}
        self._config, self._config_file = config, config_file
        self._inputs, self._work = inputs, work

    def run(self, budget: float, sentences: int) -> tuple[dict[str, Any], Evaluation]:
        """Do everything; ``sentences`` of each evaluation set are translated at the end."""
        report: dict[str, Any] = {}
        report["prepare"] = self._timed("prepare", self._prepare)
        report["fertility"] = self._timed("vocabulary", self._vocabulary)
        report["pack"] = self._timed("pack", self._pack)
        report["train"] = self._timed("train", lambda: self._train(budget))
        report["export"] = self._timed("export", self._export)
        model = self._timed("install", lambda: install(self._work / "pieces", self._work))
        scored = self._timed("evaluate", lambda: self._evaluate(model, sentences))
        return report | {"seconds": self.seconds}, scored

    def _timed(self, name: str, step: Callable[[], Result]) -> Result:
        started = time.monotonic()
        result = step()
        self.seconds[name] = round(time.monotonic() - started, 1)
        return result

    def _prepare(self) -> dict[str, Any]:
        return prepare(self._config, self._inputs, self._work)

    def _vocabulary(self) -> dict[str, float]:
        target = self._work / VOCABULARY
        learn_vocabulary(self._config, self._work)
        found = fertility(load_pieces(target), read_pairs(self._work / PAIRS))
        return {language.value: round(value, 3) for language, value in found.items()}

    def _pack(self) -> dict[str, Any]:
        return pack(self._config, self._config_file, self._work, self._work / "pack")

    def _train(self, budget: float) -> dict[str, Any]:
        return train(self._config, unpack(self._work / "pack"), self._work / "run", budget)

    def _export(self) -> Agreement:
        packed = unpack(self._work / "pack")
        found = export(self._config, packed, self._work / "run", self._work / "exported")
        split_folder(self._work / "exported", self._work / "pieces")
        return found

    def _evaluate(self, model: InstalledModel, sentences: int) -> Evaluation:
        inputs = self._inputs
        return evaluate([model], inputs.newsbank, inputs.evaluation, Decoding(), sentences)


def learn_vocabulary(config: Config, work: Path) -> None:
    """Learn the vocabulary of what was prepared in ``work``."""
    pairs = list(read_pairs(work / PAIRS))
    train_vocabulary(
        config.vocabulary,
        pairs,
        work / VOCABULARY,
        threads=config.train.threads,
        seed=config.data.seed,
    )


def install(pieces: Path, work: Path, store: ModelStore | None = None) -> InstalledModel:
    """Join the pieces in ``work`` and put the model into the store, ``work/models`` without one.

    Weights of more than ``MAX_PIECE`` bytes are kept in parts there, so that it can be shipped.
    """
    joined = work / "joined"
    join_folder(pieces, joined)
    card = ModelCard.model_validate_json((joined / CARD).read_text(encoding="utf-8"))
    store = store or ModelStore(work / "models")
    return install_from_folder(joined, store, card, largest_file=MAX_PIECE)
