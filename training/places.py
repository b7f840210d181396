"""Where CTranslate2 keeps each weight of the model, for writing them there and for reading them."""

from collections.abc import Iterator

import torch
from torch import nn

from training.model import Attention, FeedForward, Transformer

Place = tuple[str, torch.Tensor]
_TABLES = ("encoder/embeddings_0", "decoder/embeddings", "decoder/projection")


def places(model: Transformer) -> Iterator[Place]:
    """Yield the name of each variable and the weight that it is; the embeddings come thrice."""
    for name in _TABLES:
        yield f"{name}/weight", model.embeddings.weight
    for number, encoding in enumerate(model.encoder_layers()):
        at = f"encoder/layer_{number}"
        yield from _attention(f"{at}/self_attention", encoding.attention_norm, encoding.attention)
        yield from _feed(f"{at}/ffn", encoding.feed_norm, encoding.feed)
    yield from _norm("encoder/layer_norm", model.encoder_norm)
    for number, decoding in enumerate(model.decoder_layers()):
        at = f"decoder/layer_{number}"
        yield from _attention(f"{at}/self_attention", decoding.own_norm, decoding.own)
        yield from _attention(f"{at}/attention", decoding.source_norm, decoding.source)
        yield from _feed(f"{at}/ffn", decoding.feed_norm, decoding.feed)
    yield from _norm("decoder/layer_norm", model.decoder_norm)


def _attention(at: str, norm: nn.LayerNorm, attention: Attention) -> Iterator[Place]:
    yield from _norm(f"{at}/layer_norm", norm)
    for number, linear in enumerate((*attention.linears(), attention.out)):
        yield from _linear(f"{at}/linear_{number}", linear)


def _feed(at: str, norm: nn.LayerNorm, feed: FeedForward) -> Iterator[Place]:
    yield from _norm(f"{at}/layer_norm", norm)
    yield from _linear(f"{at}/linear_0", feed.into)
    yield from _linear(f"{at}/linear_1", feed.out)


def _norm(at: str, norm: nn.LayerNorm) -> Iterator[Place]:
    yield f"{at}/gamma", norm.weight
    yield f"{at}/beta", norm.bias


def _linear(at: str, linear: nn.Linear) -> Iterator[Place]:
    yield f"{at}/weight", linear.weight
    yield f"{at}/bias", linear.bias
