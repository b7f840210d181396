"""A tokenizer of each kind that published models have, learnt from the grammar's sentences."""

import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import sentencepiece
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    BartTokenizer,
    LlamaTokenizer,
    M2M100Tokenizer,
    MBart50Tokenizer,
    NllbTokenizer,
    Qwen2Tokenizer,
    T5Tokenizer,
)

from khabar.languages import Language
from tests.models.grammar import lessons

VOCABULARY = 700
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def texts() -> Iterator[str]:
    """Yield the sentences in each language."""
    return (triple.text(language) for triple in lessons() for language in Language)


def bart(_: Path) -> Any:
    """Bytes, as in GPT-2."""
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    vocabulary, merges = _byte_pairs(specials)
    return BartTokenizer(vocab=vocabulary, merges=merges)


def mbart(_: Path) -> Any:
    """A unigram model with the languages' names behind its pieces."""
    return MBart50Tokenizer(vocab=_unigrams())


def m2m(folder: Path) -> Any:
    """A sentencepiece model with a table of its own for the numbers."""
    (folder / "sentencepiece.bpe.model").write_bytes(_sentencepiece())
    pieces = [piece for piece, _ in _unigrams()][3:]
    names = ["<s>", "<pad>", "</s>", "<unk>", *pieces]
    table = {name: number for number, name in enumerate(names)}
    (folder / "vocab.json").write_text(json.dumps(table, ensure_ascii=False), "utf-8")
    return M2M100Tokenizer(str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model"))


def nllb(_: Path) -> Any:
    """Pairs of characters, with the languages' names behind."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>"]
    vocabulary, merges = _learn(tokenizer, specials)
    return NllbTokenizer(vocab=vocabulary, merges=merges)


def t5(_: Path) -> Any:
    """A unigram model; the first tokens are padding, end and unknown."""
    return T5Tokenizer(vocab=_t5_pieces(), extra_ids=4)


def madlad(_: Path) -> Any:
    """As T5, with a token for each target language."""
    tokenizer = T5Tokenizer(vocab=_t5_pieces(), extra_ids=4)
    tokenizer.add_tokens(["<2ru>", "<2ar>"])
    return tokenizer


def mt5(folder: Path) -> Any:
    """As T5, from the sentencepiece model alone: some published checkpoints have nothing else."""
    numbers = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    (folder / "spiece.model").write_bytes(_sentencepiece(**numbers))
    names = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    facts = {"tokenizer_class": "T5Tokenizer", "extra_ids": 0, **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(facts), "utf-8")
    return T5Tokenizer.from_pretrained(folder)


def llama(_: Path) -> Any:
    """Pairs of characters; a text begins with ``<s>``."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    vocabulary, merges = _learn(tokenizer, ["<unk>", "<s>", "</s>"])
    return LlamaTokenizer(vocab=vocabulary, merges=merges, pad_token="<unk>", add_bos_token=True)


def qwen3(_: Path) -> Any:
    """Bytes, with a template for what a user says."""
    vocabulary, merges = _byte_pairs(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer = Qwen2Tokenizer(
        vocab=vocabulary,
        merges=merges,
        eos_token="<|im_end|>",
        extra_special_tokens=["<|im_start|>"],
    )
    tokenizer.chat_template = CHAT_TEMPLATE
    return tokenizer


TOKENIZERS: dict[str, Callable[[Path], Any]] = {
    "bart": bart,
    "mbart": mbart,
    "m2m": m2m,
    "nllb": nllb,
    "t5": t5,
    "madlad": madlad,
    "mt5": mt5,
    "llama": llama,
    "qwen3": qwen3,
}


def _byte_pairs(specials: list[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return _learn(tokenizer, specials, pre_tokenizers.ByteLevel.alphabet())


def _learn(
    tokenizer: Tokenizer, specials: list[str], alphabet: list[str] | None = None
) -> tuple[dict[str, int], list[tuple[str, str]]]:
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=specials,
        initial_alphabet=sorted(alphabet or ()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(merge) for merge in model["merges"]]


@cache
def _sentencepiece(**numbers: int) -> bytes:
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=texts(),
        model_writer=written,
        vocab_size=VOCABULARY,
        hard_vocab_limit=False,  # The sentences may not have as many pieces in them.
        model_type="unigram",
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
        **numbers,
    )
    return written.getvalue()


def _unigrams() -> list[tuple[str, float]]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=_sentencepiece())
    numbers = range(processor.get_piece_size())
    return [(processor.id_to_piece(number), processor.get_score(number)) for number in numbers]


def _t5_pieces() -> list[tuple[str, float]]:
    specials = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    return specials + _unigrams()[3:]
