"""What is written beside an installed model: where it comes from, what it can do, what it holds."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from khabar.languages import Language
from khabar.recipe import ModelChoice

MANIFEST_NAME = "manifest.json"

# An id is one name or owner/name. A double hyphen is refused because it stands for the slash in
# the folder's name, and a leading dot because it would hide the folder or leave the store.
_ID = re.compile(r"[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)?", re.ASCII)


def _checked_id(value: str) -> str:
    if not _ID.fullmatch(value) or "--" in value:
        msg = "A model id is NAME or OWNER/NAME, of letters, digits, single hyphens, dots and _."
        raise ValueError(msg)
    return value


ModelId = Annotated[str, AfterValidator(_checked_id)]
Tokens = dict[Language, tuple[str, ...]]


class TokenizerKind(StrEnum):
    """Which files turn text into the model's tokens."""

    SENTENCEPIECE = "sentencepiece"  # source.spm and target.spm
    TRANSFORMERS = "transformers"  # whatever AutoTokenizer reads


class LanguagePair(BaseModel):
    """A direction that a model translates, or one language twice for a model that rewrites."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Language
    target: Language


class ModelCard(BaseModel):
    """What a person knows of a model before it is installed.

    ``architecture`` is the name its makers give it (``MarianMTModel``, ...).

    Three tables say which tokens steer a model that serves several languages. ``source_tokens``
    stand before the source, by source language (``eng_Latn``); ``target_tokens`` stand before the
    source, by target language (``>>rus<<``); ``target_prefix`` is what the output must begin with,
    by target language (``rus_Cyrl``), and is removed from the result.

    ``max_source_tokens`` and ``max_target_tokens`` count everything the model sees, including these
    and the end token.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: ModelId
    revision: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    engine: Literal["ct2", "hf"] = "ct2"
    architecture: str = Field(min_length=1)
    tokenizer: TokenizerKind = TokenizerKind.SENTENCEPIECE
    pairs: tuple[LanguagePair, ...] = Field(min_length=1)
    source_tokens: Tokens = {}
    target_tokens: Tokens = {}
    target_prefix: Tokens = {}
    max_source_tokens: int = Field(default=512, ge=8)
    max_target_tokens: int = Field(default=512, ge=8)


class Manifest(ModelCard):
    """A card, and what the installation adds to it.

    ``files`` gives the SHA-256, in hexadecimal, of each file of the folder but the manifest.
    ``quantization`` is the type its weights are kept in, or a word where that is not known.
    """

    quantization: str
    files: dict[str, str]
    installed_at: datetime

    @property
    def targets(self) -> frozenset[Language]:
        """The languages the model writes."""
        return frozenset(pair.target for pair in self.pairs)


def folder_name(model_id: str) -> str:
    """Return the name of the folder of a model in a store."""
    return _checked_id(model_id).replace("/", "--")


# What a recipe may state of a model, and otherwise leaves to the model's own card.
_OPTIONAL = (
    "tokenizer",
    "source_tokens",
    "target_tokens",
    "target_prefix",
    "max_source_tokens",
    "max_target_tokens",
)


def stated(choice: ModelChoice) -> dict[str, Any]:
    """Return what a recipe states of a model, by the names that a card has for it."""
    facts: dict[str, Any] = {name: getattr(choice, name) for name in _OPTIONAL}
    if choice.tokenizer is not None:
        facts["tokenizer"] = TokenizerKind(choice.tokenizer)
    pairs = tuple(LanguagePair(source=source, target=target) for source, target in choice.pairs)
    return {
        "id": choice.id,
        "revision": choice.revision,
        "licence": choice.licence,
        "engine": choice.engine,
        "pairs": pairs,
        **{name: value for name, value in facts.items() if value},
    }
