"""Makes the checkpoints of tiny_architectures.py: ``python -m ... FOLDER``.

They are as published checkpoints are: a configuration, weights in safetensors, a tokenizer.
"""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from transformers import (
    BartConfig,
    LlamaConfig,
    M2M100Config,
    MBartConfig,
    MT5Config,
    Qwen3Config,
    T5Config,
)
from transformers.models.auto import AutoModelForCausalLM, AutoModelForSeq2SeqLM
from transformers.utils.logging import disable_progress_bar

from khabar.languages import Language
from tests.models.grammar import lessons
from tests.models.tiny_architectures import CARDS, DECODERS, ENCODER_DECODERS
from tests.models.tiny_tokenizers import TOKENIZERS

STEPS = 160
BATCH = 16
RATE = 8e-3
LONGEST = 48

_BART = {
    "d_model": 32,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 4,
    "decoder_attention_heads": 4,
    "encoder_ffn_dim": 64,
    "decoder_ffn_dim": 64,
    "max_position_embeddings": 128,
    "dropout": 0.0,
    "attention_dropout": 0.0,
    "decoder_start_token_id": 2,
}
_T5 = {
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 64,
    "num_layers": 2,
    "num_heads": 4,
    "dropout_rate": 0.0,
    "decoder_start_token_id": 0,
}
_LLAMA = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}
_MAKERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "bart": (BartConfig, {**_BART, "forced_bos_token_id": 0}),
    "mbart": (MBartConfig, {**_BART, "scale_embedding": True}),
    "m2m": (M2M100Config, _BART),
    "nllb": (M2M100Config, {**_BART, "scale_embedding": True, "activation_function": "relu"}),
    "t5": (T5Config, {**_T5, "feed_forward_proj": "relu"}),
    "madlad": (T5Config, {**_T5, "feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}),
    "mt5": (MT5Config, _T5),
    "llama": (
        LlamaConfig,
        {**_LLAMA, "rope_parameters": {"rope_type": "default", "rope_theta": 5e5}},
    ),
    "qwen3": (Qwen3Config, {**_LLAMA, "head_dim": 16}),
}
# What the published files say and the library does not write again.
_AS_PUBLISHED: dict[str, dict[str, Any]] = {
    "mbart": {"tokenizer_class": "MBart50Tokenizer"},
    "madlad": {"tie_word_embeddings": False},
    "mt5": {"tie_word_embeddings": False},
}


def main(folder: Path) -> None:
    """Make each model in a folder of its own."""
    disable_progress_bar()
    # One thread adds numbers up in one order.
    torch.set_num_threads(1)
    for name in (*ENCODER_DECODERS, *DECODERS):
        torch.manual_seed(5)
        checkpoint = folder / name
        checkpoint.mkdir()
        tokenizer = TOKENIZERS[name](checkpoint)
        model = make_model(name, tokenizer)
        train(model, examples(name, tokenizer), tokenizer.pad_token_id)
        model.save_pretrained(checkpoint)
        if not (checkpoint / "spiece.model").is_file():
            tokenizer.save_pretrained(checkpoint)
        publish(checkpoint / "config.json", _AS_PUBLISHED.get(name, {}))


def make_model(name: str, tokenizer: Any) -> Any:
    """Return an untrained model."""
    kind, sizes = _MAKERS[name]
    vocabulary = max(tokenizer.get_vocab().values()) + 1
    if name == "m2m":
        # This tokenizer leaves the languages' names out of its list, and fills it up to a size.
        vocabulary += len(tokenizer.lang_token_to_id) + tokenizer.num_madeup_words
    config = kind(
        vocab_size=vocabulary,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **sizes,
    )
    maker = AutoModelForCausalLM if name in DECODERS else AutoModelForSeq2SeqLM
    return maker.from_config(config)


def examples(name: str, tokenizer: Any) -> list[tuple[list[int], list[int]]]:
    """Return what the model reads and writes for each lesson, in tokens."""
    return [
        _example(name, tokenizer, triple.en, triple.text(target), target)
        for triple in lessons()
        for target in (Language.RUSSIAN, Language.ARABIC)
    ]


def _example(
    name: str, tokenizer: Any, source: str, written: str, target: Language
) -> tuple[list[int], list[int]]:
    card = CARDS[name]
    before = (*card.source_tokens.get(Language.ENGLISH, ()), *card.target_tokens.get(target, ()))
    prefix = list(card.target_prefix.get(target, ()))
    numbers = tokenizer.convert_tokens_to_ids
    end = [tokenizer.eos_token_id]
    text = tokenizer.encode(source, add_special_tokens=False)
    answer = tokenizer.encode(written, add_special_tokens=False)[:LONGEST]
    if name == "bart":
        start = numbers(["<s>"])
        return start + text + end, start + answer + end
    if name in DECODERS:
        return [], (prompt(tokenizer, source) + answer)[: 2 * LONGEST] + end
    return numbers(list(before)) + text + end, numbers(prefix) + answer + end


def prompt(tokenizer: Any, text: str) -> list[int]:
    """Return what a decoder reads before it answers."""
    if tokenizer.chat_template is None:
        return list(tokenizer.encode(text))
    messages = [{"role": "user", "content": text}]
    rendered = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    return list(tokenizer.encode(rendered, add_special_tokens=False))


def train(model: Any, pairs: list[tuple[list[int], list[int]]], padding: int) -> None:
    """Minimise the cross-entropy for a few steps."""
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    model.train()
    for step in range(STEPS):
        batch = [pairs[number % len(pairs)] for number in range(step * BATCH, (step + 1) * BATCH)]
        inputs = _inputs([pair[0] for pair in batch], [pair[1] for pair in batch], padding)
        optimizer.zero_grad()
        model(**inputs).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()


def _inputs(
    sources: list[list[int]], targets: list[list[int]], padding: int
) -> dict[str, torch.Tensor]:
    labels = _padded(targets, -100)
    if not sources[0]:
        return {"input_ids": labels.clamp(min=0), "attention_mask": labels.ge(0), "labels": labels}
    read = _padded(sources, padding)
    mask = _padded([[1] * len(source) for source in sources], 0)
    return {"input_ids": read, "attention_mask": mask, "labels": labels}


def _padded(rows: list[list[int]], filler: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


def publish(path: Path, facts: dict[str, Any]) -> None:
    """Write facts into a configuration file."""
    config = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({**config, **facts}, indent=2), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
