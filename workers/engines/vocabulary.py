"""From text to a model's tokens and back."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from khabar.errors import EngineFailed
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

    def encode_output(self, text: str) -> list[str]:
        """Return the tokens that a model would write a text with."""
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

    def encode_output(self, text: str) -> list[str]:
        """Return the pieces of the target model."""
        pieces: list[str] = self._target.encode(text, out_type=str)
        return pieces

    def decode(self, tokens: Sequence[str]) -> str:
        """Join pieces of the target model."""
        text: str = self._target.decode_pieces(list(tokens))
        return text.strip()


class TransformersVocabulary:
    """Whatever tokenizer transformers finds in a folder; it runs no code from there.

    A lock guards it, because these tokenizers keep state between the steps of one call.
    """

    def __init__(self, folder: Path) -> None:
        # Importing transformers takes seconds, and a worker with Marian models never needs it.
        from transformers import AutoTokenizer

        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(
                str(folder), local_files_only=True, trust_remote_code=False
            )
        except (OSError, ValueError, TypeError) as error:
            # A class of tokenizer that misses one of its files may be handed nothing for its path.
            raise EngineFailed(f"The tokenizer cannot be loaded: {error}") from error
        self._lock = Lock()

    @property
    def start_token(self) -> str:
        """What a text begins with, or nothing."""
        return str(self._tokenizer.bos_token or "")

    @property
    def end_token(self) -> str:
        """What a text ends with."""
        return str(self._tokenizer.eos_token)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The token that stands for what has none, if there is one."""
        token = self._tokenizer.unk_token
        return () if token is None else (str(token),)

    def encode(self, text: str) -> list[str]:
        """Return the tokenizer's tokens."""
        with self._lock:
            ids = self._tokenizer.encode(text, add_special_tokens=False)
            tokens: list[str] = self._tokenizer.convert_ids_to_tokens(ids)
        return tokens

    def encode_output(self, text: str) -> list[str]:
        """Return the tokenizer's tokens, or those of its other side where it has two."""
        if getattr(self._tokenizer, "spm_target", None) is None:
            return self.encode(text)
        with self._lock:
            ids = self._tokenizer(text_target=text, add_special_tokens=False)["input_ids"]
            tokens: list[str] = self._tokenizer.convert_ids_to_tokens(ids)
        return tokens

    def encode_prompt(self, prompt: str) -> list[str]:
        """Return the tokens of what a user says, in the model's template for it if it has one."""
        with self._lock:
            if self._tokenizer.chat_template is None:
                ids = self._tokenizer.encode(prompt)
            else:
                # A model that thinks aloud first is asked not to; other templates ignore that.
                text = self._tokenizer.apply_chat_template(
                    [{"role": "user", "content": prompt}],
                    add_generation_prompt=True,
                    tokenize=False,
                    enable_thinking=False,
                )
                ids = self._tokenizer.encode(text, add_special_tokens=False)
            tokens: list[str] = self._tokenizer.convert_ids_to_tokens(ids)
        return tokens

    def decode(self, tokens: Sequence[str]) -> str:
        """Join tokens, leaving out special ones."""
        with self._lock:
            ids = self._tokenizer.convert_tokens_to_ids(list(tokens))
            text: str = self._tokenizer.decode(ids, skip_special_tokens=True)
        return text.strip()

    def numbers(self, tokens: Sequence[str]) -> list[int]:
        """Return the number of each token, as the model counts them."""
        with self._lock:
            ids: list[int] = self._tokenizer.convert_tokens_to_ids(list(tokens))
        return ids

    def tokens(self, numbers: Sequence[int]) -> list[str]:
        """Return the token of each number; one that the tokenizer has none for is left out."""
        with self._lock:
            tokens = self._tokenizer.convert_ids_to_tokens(list(numbers))
        return [token for token in tokens if token is not None]


def load_vocabulary(folder: Path, kind: TokenizerKind) -> Vocabulary:
    """Return the vocabulary of a converted model. Raises EngineFailed."""
    if kind is TokenizerKind.SENTENCEPIECE:
        return SentencePieceVocabulary(folder)
    return TransformersVocabulary(folder / TRANSFORMERS_FOLDER)
