"""The weights as a run hands them on: int8 rows, each with a scale, as CTranslate2 keeps them.

Quantising twice changes nothing, so a model exported from this file is the same as one exported
from the float32 weights; and it is small enough to be sent or to be gone on from.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

_SCALE = "/scale"


def save_weights(path: Path, state: Mapping[str, torch.Tensor]) -> None:
    """Write the weights. Matrices become int8, vectors stay float32."""
    arrays: dict[str, npt.NDArray[np.generic]] = {}
    for name, tensor in state.items():
        value = tensor.detach().float().cpu().numpy()
        if value.ndim == 1:
            arrays[name] = value
        else:
            arrays[name], arrays[name + _SCALE] = quantise(value)
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the weights in float32."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return {
        name: torch.from_numpy(restored(array, arrays.get(name + _SCALE)))
        for name, array in arrays.items()
        if not name.endswith(_SCALE)
    }


def quantise(
    matrix: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return int8 rows and what each was multiplied by, as CTranslate2's converter does it."""
    largest = np.abs(matrix).max(axis=1)
    largest[largest == 0] = 127.0
    scale = (127.0 / largest).astype(np.float32)
    return np.rint(matrix * scale[:, None]).astype(np.int8), scale


def restored(
    array: npt.NDArray[np.generic], scale: npt.NDArray[np.generic] | None
) -> npt.NDArray[np.float32]:
    """Return int8 rows divided by their scales, or what has no scale as it is, in float32."""
    if scale is None:
        return array.astype(np.float32)
    found: npt.NDArray[np.float32] = array.astype(np.float32) / scale.astype(np.float32)[:, None]
    return found
