"""Step 2: one sentencepiece model for the three languages, and how many pieces a word takes."""

import io
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, cast

from khabar.languages import Language
from training.config import VocabularyConfig
from training.news import NEWS
from training.pairs import TRAIN, VALIDATION, TextPair

VOCABULARY = "vocabulary.spm"
TAGS: Mapping[Language, str] = {
    Language.ENGLISH: ">>eng<<",
    Language.RUSSIAN: ">>rus<<",
    Language.ARABIC: ">>ara<<",
}


class Pieces(Protocol):
    """As much of a SentencePieceProcessor as is used here: it ships no types."""

    def encode(self, texts: list[str], **options: object) -> list[list[int]]:
        """Return the numbers of the pieces of each text."""
        ...

    def decode(self, rows: list[list[int]]) -> list[str]:
        """Return the texts of rows of pieces."""
        ...

    def piece_to_id(self, piece: str) -> int:
        """Return the number of a piece."""
        ...

    def id_to_piece(self, number: int) -> str:
        """Return a piece."""
        ...

    def get_piece_size(self) -> int:
        """Return how many pieces there are."""
        ...


PAD, END, UNKNOWN, START = 0, 1, 2, 3
"""The numbers of the pieces that are no text."""


def train_vocabulary(
    config: VocabularyConfig, pairs: Iterable[TextPair], target: Path, *, threads: int, seed: int
) -> None:
    """Learn the pieces and write them to ``target``.

    Each language gives the same number of characters, the news first, so that no script is
    favoured for having more text. The tags are control symbols: the text of an article that says
    ``>>rus<<`` is not taken for one. Characters without a piece fall back to bytes.
    """
    import sentencepiece

    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=_evenly(pairs, config.characters, seed),
        model_writer=written,
        model_type=config.kind,
        vocab_size=config.size,
        pad_id=PAD,
        eos_id=END,
        unk_id=UNKNOWN,
        bos_id=START,
        control_symbols=list(TAGS.values()),
        byte_fallback=True,
        split_digits=True,
        character_coverage=0.9998,
        normalization_rule_name="identity",
        num_threads=threads,
        minloglevel=2,
    )
    target.write_bytes(written.getvalue())


def load_pieces(path: Path) -> Pieces:
    """Return the sentencepiece processor of a model."""
    from sentencepiece import SentencePieceProcessor

    return cast("Pieces", SentencePieceProcessor(model_file=str(path)))


def tag_ids(pieces: Pieces) -> dict[Language, int]:
    """Return the number of each target language's tag."""
    return {language: int(pieces.piece_to_id(tag)) for language, tag in TAGS.items()}


def piece_names(pieces: Pieces) -> list[str]:
    """Return all pieces in the order of their numbers."""
    return [str(pieces.id_to_piece(number)) for number in range(pieces.get_piece_size())]


def fertility(pieces: Pieces, pairs: Iterable[TextPair]) -> dict[Language, float]:
    """Return how many pieces a word takes in the validation news, by language."""
    texts = defaultdict[Language, set[str]](set)
    for pair in pairs:
        if pair.split == VALIDATION:
            texts[pair.first].add(pair.first_text)
            texts[pair.second].add(pair.second_text)
    return {
        language: sum(map(len, pieces.encode(sorted(found))))
        / sum(len(text.split()) for text in found)
        for language, found in sorted(texts.items())
    }


def _evenly(pairs: Iterable[TextPair], characters: int, seed: int) -> Iterator[str]:
    news, other = _texts(pairs)
    chance = random.Random(seed)  # noqa: S311 - No secret hangs on it.
    for language in Language:
        rest = sorted(other[language] - news[language])
        chance.shuffle(rest)
        left = characters
        for text in (*sorted(news[language]), *rest):
            if left <= 0:
                break
            left -= len(text)
            yield text


def _texts(
    pairs: Iterable[TextPair],
) -> tuple[dict[Language, set[str]], dict[Language, set[str]]]:
    news = defaultdict[Language, set[str]](set)
    other = defaultdict[Language, set[str]](set)
    for pair in pairs:
        if pair.split != TRAIN or pair.copy:
            continue
        found = news if pair.source in NEWS else other
        found[pair.first].add(pair.first_text)
        found[pair.second].add(pair.second_text)
    return news, other
