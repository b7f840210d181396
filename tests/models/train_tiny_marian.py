"""Trains a very small Marian model on the grammar's sentences, and installs it.

Run by tiny_marian.py in a process of its own: torch keeps its memory, its threads and its seeds to
itself that way. ``python -m tests.models.train_tiny_marian FOLDER`` leaves ``FOLDER/checkpoint``
(for transformers) and ``FOLDER/models`` (a store for the service).
"""

import json
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import sentencepiece
import torch
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

from khabar.languages import Language
from tests.models.grammar import lessons
from tests.models.tiny_marian import CARD, CHECKPOINT, MODELS, TAGS
from workers.models.install import install_from_folder
from workers.models.store import ModelStore

EPOCHS = 17
BATCH = 32
PEAK_RATE = 4e-3
WARM_UP = 0.1
VOCABULARY = 640
SEED = 20


def main(folder: Path) -> None:
    """Train, keep the checkpoint, convert it, install it."""
    torch.manual_seed(SEED)
    # One thread adds numbers up in one order, and a busy machine cannot make it wait for another.
    torch.set_num_threads(1)
    checkpoint = folder / CHECKPOINT
    checkpoint.mkdir(parents=True)
    tokenizer = make_tokenizer(checkpoint)
    model = make_model(tokenizer)
    train(model, tokenizer)
    model.save_pretrained(checkpoint)
    tokenizer.save_pretrained(checkpoint)
    # Float32, so that the two libraries can be compared token for token.
    install_from_folder(checkpoint, ModelStore(folder / MODELS), CARD, quantization="float32")


def make_tokenizer(folder: Path) -> MarianTokenizer:
    """Learn one sentencepiece model for the three languages; Marian wants it twice."""
    texts = [triple.text(language) for triple in lessons() for language in Language]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(folder / "source"),
        vocab_size=VOCABULARY,
        model_type="bpe",
        character_coverage=1.0,
        split_digits=True,
        minloglevel=2,
    )
    (folder / "source.vocab").unlink()
    source = (folder / "source.model").rename(folder / "source.spm")
    target = folder / "target.spm"
    target.write_bytes(source.read_bytes())
    processor = sentencepiece.SentencePieceProcessor(model_file=str(source))
    pieces = [processor.id_to_piece(number) for number in range(processor.get_piece_size())]
    tokens = ["</s>", *(piece for piece in pieces if piece not in ("<s>", "</s>"))]
    names = [*tokens, *TAGS.values(), "<pad>"]
    vocabulary = folder / "vocab.json"
    table = {name: number for number, name in enumerate(names)}
    vocabulary.write_text(json.dumps(table, ensure_ascii=False), encoding="utf-8")
    return MarianTokenizer(str(source), str(target), str(vocabulary))


def make_model(tokenizer: MarianTokenizer) -> MarianMTModel:
    """Return an untrained model of Marian's shape, two layers deep."""
    return MarianMTModel(
        MarianConfig(
            vocab_size=len(tokenizer.get_vocab()),
            d_model=96,
            encoder_layers=2,
            decoder_layers=2,
            encoder_attention_heads=4,
            decoder_attention_heads=4,
            encoder_ffn_dim=192,
            decoder_ffn_dim=192,
            max_position_embeddings=CARD.max_source_tokens,
            activation_function="swish",
            dropout=0.0,
            attention_dropout=0.0,
            scale_embedding=True,
            static_position_embeddings=True,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            forced_eos_token_id=tokenizer.eos_token_id,
            decoder_start_token_id=tokenizer.pad_token_id,
        )
    )


def train(model: MarianMTModel, tokenizer: MarianTokenizer) -> None:
    """Minimise the cross-entropy with Adam, its rate rising and then falling to nothing."""
    examples = encode(tokenizer)
    steps = EPOCHS * -(-len(examples) // BATCH)
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=PEAK_RATE, total_steps=steps, pct_start=WARM_UP
    )
    model.train()
    for _ in range(EPOCHS):
        for batch in batches(examples, tokenizer.pad_token_id):
            optimizer.zero_grad()
            loss = model(**batch).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            # The decoder starts from the padding's embedding. Marian means zero by that and so does
            # CTranslate2, but here the output layer shares the embeddings and would move it.
            with torch.no_grad():
                model.get_input_embeddings().weight[tokenizer.pad_token_id].zero_()
    model.eval()
    # As in published Marian models: padding is a token that must never be written.
    model.generation_config.bad_words_ids = [[tokenizer.pad_token_id]]


def encode(tokenizer: MarianTokenizer) -> list[tuple[list[int], list[int]]]:
    """Return every lesson in every direction the model is to learn."""
    directions = [
        (source, target)
        for source, target in permutations(Language, 2)
        if Language.ENGLISH in (source, target)
    ]
    return [
        (
            tokenizer(f"{TAGS[target]} {triple.text(source)}")["input_ids"],
            tokenizer(text_target=triple.text(target))["input_ids"],
        )
        for triple in lessons()
        for source, target in directions
    ]


def batches(examples: list[tuple[list[int], list[int]]], padding: int) -> Iterator[dict[str, Any]]:
    """Yield all examples in a new order, those of like length together."""
    order = sorted(
        torch.randperm(len(examples)).tolist(), key=lambda position: len(examples[position][0])
    )
    groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    for position in torch.randperm(len(groups)).tolist():
        chosen = [examples[number] for number in groups[position]]
        sources = _padded([source for source, _ in chosen], padding)
        yield {
            "input_ids": sources,
            "attention_mask": sources.ne(padding).long(),
            # Transformers leaves labels of -100 out of the loss.
            "labels": _padded([target for _, target in chosen], -100),
        }


def _padded(rows: list[list[int]], filler: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [filler] * (width - len(row)) for row in rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
