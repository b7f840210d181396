"""From text to a model's tokens and back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from workers.models.manifest import TokenizerKind
from workers.models.tokenizer_files import (
    SOURCE_SENTENCEPIECE,
    TARGET_SENTENCEPIECE,
    TRANSFORMERS_FOLDER,
)


class Vocabulary(Protocol):
    """Turns text into tokens and tokens into text. Safe to call from several threads at once."""

    def encode(self, text: str) -> list[str]:
        """Return the tokens of a source text, without any language or end token."""
        ...

    def decode(self, tokens: Sequence[str]) -> str:
        """Return the text of the tokens that a model wrote."""
        ...


class SentencePieceVocabulary:
    """The two sentencepiece models that a Marian model comes with."""

    def __init__(self, folder: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._source = SentencePieceProcessor(model_file=str(folder / SOURCE_SENTENCEPIECE))
        self._target = SentencePieceProcessor(model_file=str(folder / TARGET_SENTENCEPIECE))

    def encode(self, text: str) -> list[str]:
        """Return the pieces of the source model."""
        pieces: list[str] = self._source.encode(text, out_type=str)
        return pieces

    def decode(self, tokens: Sequence[str]) -> str:
        """Join pieces of the target model."""
        text: str = self._target.decode_pieces(list(tokens))
        return text.strip()


class TransformersVocabulary:
    """Whatever tokenizer transformers finds for the model.

    A lock guards it, because these tokenizers keep state between the steps of one call.
    """

    def __init__(self, folder: Path) -> None:
        # Importing transformers takes seconds, and a worker with Marian models never needs it.
        from transformers import AutoTokenizer

        self._tokenizer: Any = AutoTokenizer.from_pretrained(
            str(folder / TRANSFORMERS_FOLDER), local_files_only=True
        )
        self._lock = Lock()

    def encode(self, text: str) -> list[str]:
        """Return the tokenizer's tokens."""
        with self._lock:
            ids = self._tokenizer.encode(text, add_special_tokens=False)
            tokens: list[str] = self._tokenizer.convert_ids_to_tokens(ids)
        return tokens

    def decode(self, tokens: Sequence[str]) -> str:
        """Join tokens, leaving out special ones."""
        with self._lock:
            ids = self._tokenizer.convert_tokens_to_ids(list(tokens))
            text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text.strip()


_VOCABULARIES: dict[TokenizerKind, Callable[[Path], Vocabulary]] = {
    TokenizerKind.SENTENCEPIECE: SentencePieceVocabulary,
    TokenizerKind.TRANSFORMERS: TransformersVocabulary,
}


def load_vocabulary(folder: Path, kind: TokenizerKind) -> Vocabulary:
    """Return the vocabulary of an installed model."""
    return _VOCABULARIES[kind](folder)
