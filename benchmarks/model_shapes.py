"""Checkpoints of published sizes with random weights: as slow and as large as the real ones."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """A model to make: ``kind`` names transformers' configuration, ``sizes`` fill it."""

    kind: str
    vocabulary: int
    sizes: Mapping[str, Any]


def _bart_like(width: int, layers: int, inner: int) -> Mapping[str, Any]:
    heads = width // 64
    return {
        "d_model": width,
        "encoder_layers": layers,
        "decoder_layers": layers,
        "encoder_attention_heads": heads,
        "decoder_attention_heads": heads,
        "encoder_ffn_dim": inner,
        "decoder_ffn_dim": inner,
    }


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        # Helsinki-NLP/opus-mt-en-ru and its like.
        "marian-base": Shape("MarianConfig", 62_518, _bart_like(512, 6, 2048)),
        # Helsinki-NLP/opus-mt-tc-big-en-zle and its like.
        "tc-big": Shape("MarianConfig", 60_000, _bart_like(1024, 6, 4096)),
        # csebuetnlp/mT5_multilingual_XLSum.
        "mt5-base": Shape(
            "MT5Config",
            250_112,
            {"d_model": 768, "d_kv": 64, "d_ff": 2048, "num_layers": 12, "num_heads": 12},
        ),
        # facebook/nllb-200-distilled-600M.
        "nllb-600m": Shape("M2M100Config", 256_206, _bart_like(1024, 12, 4096)),
    }
)


def make_checkpoint(shape: Shape, folder: Path) -> int:
    """Write a checkpoint and return how many parameters it has.

    The tokenizer is a tiny one: the benchmark hands over numbers of tokens.
    """
    folder.mkdir()
    tokenizer = _TOKENIZERS[shape.kind](folder, shape.vocabulary)
    model = random_model(shape, tokenizer)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return int(model.num_parameters())


def random_model(shape: Shape, tokenizer: Any) -> Any:  # noqa: ANN401 -- transformers has no types.
    """Return a model of a shape, with the special tokens of a tokenizer."""
    import torch
    import transformers

    torch.manual_seed(1)
    config = getattr(transformers, shape.kind)(
        vocab_size=shape.vocabulary,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
        **shape.sizes,
    )
    return transformers.AutoModelForSeq2SeqLM.from_config(config)


def _marian(folder: Path, size: int) -> Any:  # noqa: ANN401 -- whatever transformers has.
    from transformers import MarianTokenizer

    from tests.models.train_tiny_marian import make_tokenizer

    names = sorted((found := make_tokenizer(folder).get_vocab()), key=found.__getitem__)
    fillers = [f"filler{number}" for number in range(size - len(names))]
    table = {name: at for at, name in enumerate([*names[:-1], *fillers, names[-1]])}
    vocabulary = folder / "vocab.json"
    vocabulary.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
    pieces = str(folder / "source.spm"), str(folder / "target.spm")
    return MarianTokenizer(*pieces, str(vocabulary))


def _t5(folder: Path, _: int) -> Any:  # noqa: ANN401
    from tests.models.tiny_tokenizers import t5

    return t5(folder)


def _nllb(folder: Path, _: int) -> Any:  # noqa: ANN401
    from tests.models.tiny_tokenizers import nllb

    return nllb(folder)


_TOKENIZERS: Mapping[str, Callable[[Path, int], Any]] = MappingProxyType(
    {"MarianConfig": _marian, "MT5Config": _t5, "M2M100Config": _nllb}
)
