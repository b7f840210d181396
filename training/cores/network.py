"""The model of ``training.model``, read from shared weights and run as processors like it.

A test holds that both give the same loss and the same gradients.
"""

import math
from collections.abc import Callable, Mapping
from typing import cast

import torch
from torch.nn import functional

from training.batches import Batch
from training.config import ModelConfig
from training.cores.candidates import Context
from training.model import sinusoids
from training.vocabulary import PAD


class Network:
    """``weights`` are by name; ``table`` holds the embeddings, ``table_gradient`` takes theirs.

    Without dropout: a run on processors sees no example often enough to need it.
    """

    def __init__(
        self,
        config: ModelConfig,
        weights: Mapping[str, torch.Tensor],
        table: torch.Tensor,
        table_gradient: torch.Tensor,
    ) -> None:
        self._config = config
        self._weights = weights
        self._table, self._table_gradient = table, table_gradient
        self._positions = sinusoids(config.positions, config.width).to(table.dtype)
        self._masks: dict[int, torch.Tensor] = {}
        # Something that wants a gradient, so that the embeddings are asked for theirs.
        self._asking = torch.zeros((), requires_grad=True)

    def hidden(self, batch: Batch) -> torch.Tensor:
        """Return what the scores are made from: rows, target positions, width."""
        seen = self._seen(batch.source)
        memory = self._encode(batch.source, seen)
        x = self._embed(batch.target_in)
        for number in range(self._config.decoder_layers):
            layer = f"decoder.{number}"
            x = x + self._own(layer, "own", x, self._before(x.shape[1]))
            x = x + self._source(layer, x, memory, seen)
            x = x + self._feed(layer, x)
        return self._norm("decoder_norm", x)

    def _encode(self, source: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        x = self._embed(source)
        for number in range(self._config.encoder_layers):
            layer = f"encoder.{number}"
            x = x + self._own(layer, "attention", x, seen)
            x = x + self._feed(layer, x)
        return self._norm("encoder_norm", x)

    def _own(self, layer: str, name: str, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        into = self._linear(f"{layer}.{name}.into.0", self._norm(f"{layer}.{name}_norm", x))
        query, key, value = into.chunk(3, dim=-1)
        return self._linear(f"{layer}.{name}.out", self._attend(query, key, value, mask))

    def _source(
        self, layer: str, x: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        query = self._linear(f"{layer}.source.into.0", self._norm(f"{layer}.source_norm", x))
        key, value = self._linear(f"{layer}.source.into.1", memory).chunk(2, dim=-1)
        return self._linear(f"{layer}.source.out", self._attend(query, key, value, mask))

    def _feed(self, layer: str, x: torch.Tensor) -> torch.Tensor:
        wide = self._linear(f"{layer}.feed.into", self._norm(f"{layer}.feed_norm", x))
        return self._linear(f"{layer}.feed.out", functional.relu(wide))

    def _attend(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor,
    ) -> torch.Tensor:
        """Attend by plain products: on sentences they take a fifth of the fused kernel's time."""
        rows, length, width = query.shape
        query, key, value = (self._split(x) for x in (query, key, value))
        scale = (width // self._config.heads) ** -0.5
        scores = torch.bmm(query * scale, key.mT) + mask
        mixed = torch.bmm(scores.softmax(dim=-1), value)
        heads = mixed.view(rows, self._config.heads, length, -1)
        return heads.transpose(1, 2).reshape(rows, length, width)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        heads = x.view(*x.shape[:2], self._config.heads, -1).transpose(1, 2)
        return heads.flatten(0, 1)

    def _seen(self, source: torch.Tensor) -> torch.Tensor:
        """Return what is added to scores so that nothing looks at what fills a source up."""
        added = torch.zeros(source.shape, dtype=self._table.dtype)
        added.masked_fill_(source == PAD, -math.inf)
        return added.repeat_interleave(self._config.heads, 0)[:, None]

    def _before(self, length: int) -> torch.Tensor:
        """Return what is added to scores so that nothing looks ahead."""
        if length not in self._masks:
            whole = torch.full((length, length), -math.inf, dtype=self._table.dtype)
            self._masks[length] = whole.triu(1)
        return self._masks[length]

    def _norm(self, name: str, x: torch.Tensor) -> torch.Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(x, (self._config.width,), weight, bias)

    def _linear(self, name: str, x: torch.Tensor) -> torch.Tensor:
        return functional.linear(x, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        apply = cast("Callable[..., torch.Tensor]", _Rows.apply)
        rows = apply(self._asking, tokens, self._table, self._table_gradient)
        return rows * math.sqrt(self._config.width) + self._positions[: tokens.shape[1]]


class _Rows(torch.autograd.Function):
    """Rows of the table. Their gradients are added up in float32: a comma has hundreds a batch."""

    @staticmethod
    def forward(
        ctx: Context,
        asking: torch.Tensor,  # noqa: ARG004
        tokens: torch.Tensor,
        table: torch.Tensor,
        gradient: torch.Tensor,
    ) -> torch.Tensor:
        ctx.tokens, ctx.gradient = tokens.flatten(), gradient
        return table[ctx.tokens].view(*tokens.shape, -1)

    @staticmethod
    def backward(ctx: Context, *gradients: torch.Tensor) -> tuple[None, None, None, None]:
        ctx.gradient.index_add_(0, ctx.tokens, gradients[0].flatten(0, 1).float())
        return None, None, None, None
