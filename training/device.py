"""What of the machine a run uses: the device, its arithmetic, the compiler."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import nn

from training.config import TrainConfig
from training.model import Transformer

KINDS = {"float32": torch.float32, "bf16": torch.bfloat16}
"""What a run computes in, by the name of its precision."""


class DeviceUnusable(ValueError):
    """The configuration asks for a device or a precision that is not there."""


def choose_device(config: TrainConfig) -> torch.device:
    """Return the device, its threads and matrix products set. Raises DeviceUnusable."""
    if config.precision not in KINDS:
        raise DeviceUnusable(f"precision: one of {', '.join(KINDS)} is wanted.")
    if config.device == "cuda" and not torch.cuda.is_available():
        raise DeviceUnusable("There is no CUDA device; use another configuration or --device cpu.")
    torch.set_num_threads(config.threads)
    torch.set_float32_matmul_precision("high")
    # cuDNN's attention, the first choice on Hopper, plans each new shape anew, and there are
    # hundreds here; its gradients in bf16 have been seen to be NaN.
    torch.backends.cuda.enable_cudnn_sdp(enabled=False)
    return torch.device(config.device)


def arithmetic(config: TrainConfig, device: torch.device) -> AbstractContextManager[object]:
    """Return the context that forward passes run in."""
    kind = KINDS[config.precision]
    lower = kind is not torch.float32
    return torch.autocast(device.type, dtype=kind) if lower else nullcontext()


def compile_layers(model: Transformer, backend: str) -> None:
    """Compile each kind of layer once, for all widths.

    Layers of one kind share their code, so that ten of them cost the time of one; whole-model
    compilation would cost minutes of a budget of ten.
    """
    for layer in _layers(model):
        layer.compile(backend=backend, dynamic=True)


def uncompile_layers(model: Transformer) -> None:
    """Go back to running the layers as they are written."""
    for layer in _layers(model):
        layer._compiled_call_impl = None  # noqa: SLF001 - torch has no public way.


def _layers(model: Transformer) -> list[nn.Module]:
    return [*model.encoder, *model.decoder]
