"""More layers for a model that has learnt with fewer, without losing what it learnt.

A new layer is a copy of one that is there, but adds nothing to the sum until it learns, so that the
model translates as before (Chen et al. 2016, "Net2Net: Accelerating Learning via Knowledge
Transfer"; copies rather than chance, as in Gong et al. 2019, "Efficient Training of BERT by
Progressively Stacking").
"""

from collections.abc import Iterator, Mapping

import torch

from training.config import ModelConfig

State = Mapping[str, torch.Tensor]
_ADDED_TO_THE_SUM = frozenset({"out.weight", "out.bias"})


def deepened(state: State, had: ModelConfig, wanted: ModelConfig) -> dict[str, torch.Tensor]:
    """Return the weights of a model of the shape ``wanted``, made of those of the shape ``had``.

    Both differ in their numbers of layers alone, and none is fewer than it was.
    """
    sides = {
        "encoder": (had.encoder_layers, wanted.encoder_layers),
        "decoder": (had.decoder_layers, wanted.decoder_layers),
    }
    found = {name: weight for name, weight in state.items() if name.split(".")[0] not in sides}
    for side, (layers, more) in sides.items():
        for place, (layer, copied) in enumerate(_layers(layers, more)):
            for name, weight in _of_layer(state, f"{side}.{layer}."):
                silent = copied and ".".join(name.split(".")[-2:]) in _ADDED_TO_THE_SUM
                new = torch.zeros_like(weight) if silent else weight.clone()
                found[f"{side}.{place}.{name}"] = new
    return found


def _layers(layers: int, wanted: int) -> Iterator[tuple[int, bool]]:
    """Yield which layer each is made of, and whether it is a copy; the copies lie evenly."""
    for layer in range(layers):
        places = (layer + 1) * wanted // layers - layer * wanted // layers
        yield from ((layer, place > 0) for place in range(places))


def _of_layer(state: State, prefix: str) -> Iterator[tuple[str, torch.Tensor]]:
    for name, weight in state.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), weight
