"""The transformer: pre-norm, sinusoidal positions, ReLU, one table for all embeddings.

Every choice is one that CTranslate2 runs as it stands, so that ``training.export`` copies weights
and converts nothing. Layers normalise before their sublayers, because such a model needs no
careful warm-up (Xiong et al. 2020, "On Layer Normalization in the Transformer Architecture"). A
deep encoder and a shallow decoder cost little when translating, where the decoder runs once a
token (Kasai et al. 2021, "Deep Encoder, Shallow Decoder").
"""

import math
from collections.abc import Iterator
from typing import cast

import torch
from torch import nn
from torch.nn import functional

from training.config import ModelConfig
from training.vocabulary import PAD


class Attention(nn.Module):
    """Multi-head attention whose input projections are fused as CTranslate2 keeps them."""

    def __init__(self, config: ModelConfig, *, own: bool) -> None:
        super().__init__()
        self.heads = config.heads
        self.dropout = config.dropout
        sizes = (3,) if own else (1, 2)
        self.into = nn.ModuleList(nn.Linear(config.width, n * config.width) for n in sizes)
        self.out = nn.Linear(config.width, config.width)

    def forward(
        self,
        x: torch.Tensor,
        memory: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        *,
        causal: bool = False,
    ) -> torch.Tensor:
        """Attend from ``x`` to itself, or to ``memory``; ``mask`` is true where it may look."""
        if memory is None:
            query, key, value = self.into[0](x).chunk(3, dim=-1)
        else:
            query = self.into[0](x)
            key, value = self.into[1](memory).chunk(2, dim=-1)
        mixed = functional.scaled_dot_product_attention(
            self._split(query),
            self._split(key),
            self._split(value),
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=causal,
        )
        joined: torch.Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return joined

    def pass_on(self) -> None:
        """Hand on what is attended to as it is, until something better is learnt.

        Where translations resemble each other, looking at the right word is then rewarded at once.
        """
        width = self.out.in_features
        value = cast("nn.Linear", self.into[-1]).weight.data[-width:]
        for weight in (value, self.out.weight.data):
            weight.copy_(torch.eye(width))

    def linears(self) -> Iterator[nn.Linear]:
        """Yield the input projections in order."""
        yield from (cast("nn.Linear", linear) for linear in self.into)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)


class FeedForward(nn.Module):
    """Two linear layers with ReLU between them."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.into = nn.Linear(config.width, config.feed_forward)
        self.out = nn.Linear(config.feed_forward, config.width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Apply to each position."""
        wide: torch.Tensor = self.out(functional.relu(self.into(x)))
        return wide


class EncoderLayer(nn.Module):
    """Attention to the whole source, then the feed-forward network."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.width)
        self.attention = Attention(config, own=True)
        self.feed_norm = nn.LayerNorm(config.width)
        self.feed = FeedForward(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the next layer's input; ``mask`` is true at tokens."""
        x = x + self.dropout(self.attention(self.attention_norm(x), mask=mask))
        out: torch.Tensor = x + self.dropout(self.feed(self.feed_norm(x)))
        return out


class DecoderLayer(nn.Module):
    """Attention to what is written so far, then to the source, then the feed-forward network."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.own_norm = nn.LayerNorm(config.width)
        self.own = Attention(config, own=True)
        self.source_norm = nn.LayerNorm(config.width)
        self.source = Attention(config, own=False)
        self.feed_norm = nn.LayerNorm(config.width)
        self.feed = FeedForward(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the next layer's input; ``mask`` is true at the source's tokens.

        Padding needs no mask on this side: it stands at the end, where no token looks.
        """
        x = x + self.dropout(self.own(self.own_norm(x), causal=True))
        x = x + self.dropout(self.source(self.source_norm(x), memory, mask))
        out: torch.Tensor = x + self.dropout(self.feed(self.feed_norm(x)))
        return out


class Transformer(nn.Module):
    """An encoder, a decoder, and the table that both embed with and the output is scored by."""

    positions: torch.Tensor

    def __init__(self, config: ModelConfig, vocabulary_size: int) -> None:
        super().__init__()
        self.config = config
        self.embeddings = nn.Embedding(vocabulary_size, config.width)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.encoder_norm = nn.LayerNorm(config.width)
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.decoder_norm = nn.LayerNorm(config.width)
        self.dropout = nn.Dropout(config.dropout)
        table = sinusoids(config.positions, config.width)
        self.register_buffer("positions", table, persistent=False)
        self._initialise()

    def forward(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Return the scores of every piece at every target position: rows, positions, pieces."""
        memory, mask = self.encode(source)
        return self.decode(target, memory, mask)

    def encode(self, source: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what the decoder attends to, and the mask that says where its tokens are."""
        mask = (source != PAD)[:, None, None, :].expand(-1, -1, source.shape[1], -1)
        x = self._embed(source)
        for layer in self.encoder:
            x = layer(x, mask)
        return self.encoder_norm(x), mask[:, :, :1]

    def decode(
        self, target: torch.Tensor, memory: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """Return the scores of every piece after each target token."""
        x = self._embed(target)
        wide = mask.expand(-1, -1, target.shape[1], -1)
        for layer in self.decoder:
            x = layer(x, memory, wide)
        return functional.linear(self.decoder_norm(x), self.embeddings.weight)

    def encoder_layers(self) -> Iterator[EncoderLayer]:
        """Yield the layers from the input on."""
        yield from (cast("EncoderLayer", layer) for layer in self.encoder)

    def decoder_layers(self) -> Iterator[DecoderLayer]:
        """Yield the layers from the input on."""
        yield from (cast("DecoderLayer", layer) for layer in self.decoder)

    def _embed(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embeddings(tokens) * math.sqrt(self.config.width)
        x = x + self.positions[: tokens.shape[1]]
        dropped: torch.Tensor = self.dropout(x)
        return dropped

    def _initialise(self) -> None:
        nn.init.normal_(self.embeddings.weight, std=self.config.width**-0.5)
        depth = 2 * self.config.encoder_layers + 3 * self.config.decoder_layers
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
                if name.endswith("out"):
                    # Each sublayer adds to the sum; scaled so, the sum keeps its size with depth.
                    module.weight.data /= math.sqrt(depth / 2)
        for layer in self.decoder_layers():
            layer.source.pass_on()


def sinusoids(positions: int, width: int) -> torch.Tensor:
    """Return the position encodings of Vaswani et al. (2017), sines in the first half."""
    rates = torch.exp(
        torch.arange(width // 2, dtype=torch.float64) * (-math.log(10000.0) / (width // 2 - 1))
    )
    angles = torch.arange(positions, dtype=torch.float64)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=1).float()


def parameter_count(model: nn.Module) -> int:
    """Return how many numbers are learnt."""
    return sum(parameter.numel() for parameter in model.parameters())
