"""A translation model of full size with random weights, for the whole service to work with.

It reads English news in about as many tokens as a published model would, and writes invented
Russian words, one a token. So the checks that send a sentence back let it pass, and how many tokens
were written can be counted in the answer.
"""

import json
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.model_shapes import SHAPES, Shape, random_model
from benchmarks.sentence_pairs import body_lines
from khabar.languages import Language
from workers.models.install import install_from_folder
from workers.models.manifest import LanguagePair, ModelCard
from workers.models.store import InstalledModel, ModelStore
from workers.protocols import Decoding

OUTPUT_TOKENS = 24
"""What a sentence of the newsbank takes; the search is held to it."""
SHAPE = SHAPES["marian-base"]

_CARD = ModelCard(
    id="benchmark",
    revision="1",
    licence="none",
    architecture="MarianMTModel",
    pairs=(LanguagePair(source=Language.ENGLISH, target=Language.RUSSIAN),),
)
_RECIPE = """
name = "{name}"
summarizer = {{kind = "extractive"}}

[decoding]
beam_size = {beam}
min_length = {tokens}
max_length = {tokens}
no_repeat_ngram = {n}

[[models]]
id = "benchmark"
revision = "1"
licence = "none"
tokenizer = "sentencepiece"
pairs = [["en", "ru"]]
"""
_PIECES = 8_000
_NEVER = -1e4
_CONSONANTS, _VOWELS = "бвгдзклмнпрстфх", "аеиоуыэя"


def decoding(beam: int) -> Decoding:
    """Return the search of the recipe for this beam: always as long, no two words twice in a row.

    A loop would fail its check, and be translated once more.
    """
    return Decoding(beam, min_length=OUTPUT_TOKENS, max_length=OUTPUT_TOKENS, no_repeat_ngram=2)


def recipe_name(beam: int) -> str:
    """Return the name of the recipe for a beam."""
    return f"beam-{beam}"


def write_recipe(folder: Path, beam: int) -> None:
    """Write the recipe for a beam into a folder of recipes."""
    name, search = recipe_name(beam), decoding(beam)
    recipe = _RECIPE.format(
        name=name, beam=beam, tokens=search.max_length, n=search.no_repeat_ngram
    )
    (folder / f"{name}.toml").write_text(recipe, "utf-8")


def install(store: ModelStore, shape: Shape = SHAPE, pieces: int = _PIECES) -> InstalledModel:
    """Make the model and install it in int8. ``pieces`` of the vocabulary are English ones."""
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as name:
        folder = Path(name)
        tokenizer = _tokenizer(folder, shape.vocabulary, pieces)
        model = random_model(shape, tokenizer)
        table = tokenizer.get_vocab()
        for token, number in table.items():
            if token[1:2] not in _CONSONANTS:
                model.final_logits_bias[0, number] = _NEVER
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return install_from_folder(folder, store, _CARD)


def _tokenizer(folder: Path, size: int, pieces: int) -> Any:  # noqa: ANN401 -- of transformers.
    """Learn pieces from the newsbank, and make the rest of the vocabulary up."""
    import sentencepiece
    from sentencepiece.sentencepiece_model_pb2 import ModelProto
    from transformers import MarianTokenizer

    path = folder / "source.spm"
    with path.open("wb") as written:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=(line.texts[Language.ENGLISH] for line in body_lines()),
            model_writer=written,
            vocab_size=pieces,
            model_type="bpe",
            minloglevel=2,
        )
    proto = ModelProto.FromString(path.read_bytes())
    least = min(piece.score for piece in proto.pieces)
    words = _words()
    while len(proto.pieces) < size - 1:
        proto.pieces.add(piece=f"▁{next(words)}", score=least)
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(proto.SerializeToString())
    names = [piece.piece for piece in proto.pieces if piece.piece not in ("<s>", "</s>")]
    table = {name: number for number, name in enumerate(["</s>", *names, "<s>", "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(table, ensure_ascii=False), "utf-8")
    return MarianTokenizer(
        str(folder / "source.spm"), str(folder / "target.spm"), str(folder / "vocab.json")
    )


def _words() -> Iterator[str]:
    """Yield invented words of three syllables."""
    syllables = ["".join(pair) for pair in product(_CONSONANTS, _VOWELS)]
    return map("".join, product(syllables, repeat=3))
