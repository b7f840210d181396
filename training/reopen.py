"""An exported model as a run's folder again: its weights and its vocabulary, to be gone on from.

What is lost by that was lost when it was exported: the weights are int8 in either. It may be
gone on from with more layers than it had.
"""

import re
import shutil
import struct
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import torch

from training.checkpoint import CHECKPOINT, WEIGHTS
from training.config import Config, ModelConfig
from training.deepen import deepened
from training.model import Transformer
from training.places import places
from training.vocabulary import VOCABULARY, load_pieces
from training.weights import restored, save_weights
from workers.models.converted import read_weights
from workers.models.tokenizer_files import SOURCE_SENTENCEPIECE

_VERSION = 6
_TYPES = ("float32", "int8", "int16", "int32", "float16")
_SCALE = "_scale"
_ENDS = ("/weight", "/bias", "/gamma", "/beta")

Variables = dict[str, npt.NDArray[np.generic]]


class ModelUnreadable(ValueError):
    """The weights are not whole, of another version, or not of the configuration's shape."""


class RunInTheWay(ValueError):
    """The folder holds the state of a run, which would be gone on from instead."""


def reopen(config: Config, model: Path, run: Path) -> None:
    """Write the weights and the vocabulary of an exported model into ``run``.

    Layers that the configuration has and the model has not are added. Raises ModelUnreadable and
    RunInTheWay.
    """
    if (run / CHECKPOINT).exists():
        raise RunInTheWay(f"{run} holds the state of a run: give another folder, or remove it.")
    pieces = load_pieces(model / SOURCE_SENTENCEPIECE)
    state = _state(config, read_variables(read_weights(model)), pieces.get_piece_size())
    run.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(model / SOURCE_SENTENCEPIECE, run / VOCABULARY)
    save_weights(run / WEIGHTS, state)


def read_variables(weights: bytes) -> Variables:
    """Return what CTranslate2's weights hold, by name. Raises ModelUnreadable."""
    reader = _Reader(BytesIO(weights))
    version = reader.number("I")
    if version != _VERSION:
        raise ModelUnreadable(f"The weights are of version {version}, not {_VERSION}.")
    reader.text()  # The name of the specification,
    reader.number("I")  # and its revision.
    found = dict(reader.variable() for _ in range(reader.number("I")))
    aliases = [(reader.text(), reader.text()) for _ in range(reader.number("I"))]
    return _with_aliases(found, aliases)


def _with_aliases(found: Variables, aliases: list[tuple[str, str]]) -> Variables:
    for name, same in aliases:
        # The scale of a weight has no second name of its own.
        for end in ("", _SCALE):
            if same + end in found:
                found[name + end] = found[same + end]
    return found


def _state(config: Config, variables: Variables, size: int) -> dict[str, torch.Tensor]:
    had = replace(
        config.model,
        encoder_layers=_layers(variables, "encoder", config.model.encoder_layers),
        decoder_layers=_layers(variables, "decoder", config.model.decoder_layers),
    )
    model = Transformer(had, size)
    _check_shape(had, model, variables)
    names: dict[torch.Tensor, str] = {one: name for name, one in model.named_parameters()}
    state: dict[str, torch.Tensor] = {}
    for place, parameter in places(model):
        found = torch.from_numpy(restored(variables[place], variables.get(place + _SCALE)))
        if found.shape != parameter.shape:
            raise ModelUnreadable(f"{place} is {[*found.shape]}, not {[*parameter.shape]}.")
        state[names[parameter]] = found
    return deepened(state, had, config.model)


def _layers(variables: Variables, side: str, wanted: int) -> int:
    """Return how many layers one side of the model has. Raises ModelUnreadable for too many."""
    numbered = re.compile(rf"{side}/layer_(\d+)/")
    there = {int(number[1]) for name in variables if (number := numbered.match(name))}
    if not 1 <= len(there) <= wanted:
        raise ModelUnreadable(
            f"The model has {len(there)} {side} layers, and the configuration {wanted}."
        )
    return len(there)


def _check_shape(shape: ModelConfig, model: Transformer, variables: Variables) -> None:
    """Raise ModelUnreadable if the model has other weights or heads than the configuration."""
    wanted = {place for place, _ in places(model)}
    there = {name for name in variables if name.endswith(_ENDS)}
    if wanted != there:
        other = min(wanted ^ there)
        raise ModelUnreadable(f"The model has other layers: {other} is in one of the two alone.")
    heads = int(variables["encoder/num_heads"])
    if heads != shape.heads:
        raise ModelUnreadable(f"The model has {heads} heads, not {shape.heads}.")


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads what CTranslate2's ``ModelSpec.save`` writes, in the machine's own byte order."""

    stream: BinaryIO

    def number(self, kind: str) -> int:
        (found,) = struct.unpack(kind, self.content(struct.calcsize(kind)))
        return int(found)

    def text(self) -> str:
        return self.content(self.number("H"))[:-1].decode("utf-8")

    def content(self, size: int) -> bytes:
        found = self.stream.read(size)
        if len(found) < size:
            raise ModelUnreadable("The weights end too early.")
        return found

    def variable(self) -> tuple[str, npt.NDArray[np.generic]]:
        name = self.text()
        shape = [self.number("I") for _ in range(self.number("B"))]
        kind = _TYPES[self.number("B")]
        content = self.content(self.number("I"))
        return name, np.frombuffer(content, dtype=kind).reshape(shape)
