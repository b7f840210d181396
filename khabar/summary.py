"""A summary: what a newsroom gets for one article in one language.

Every sentence says which characters of the article it rests on, and which checks it passed.
"""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from khabar.languages import Language


class Length(StrEnum):
    """How long a summary is: one sentence, two or three, or up to six."""

    HEADLINE = "headline"
    SHORT = "short"
    LONG = "long"


class Record(BaseModel):
    """A frozen record that refuses fields it does not know, and does not tell what they held."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SourceSpan(Record):
    """Characters ``start`` (included) to ``end`` (excluded) of the article's canonical body.

    Offsets count Unicode code points.
    """

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Check(Record):
    """The outcome of one check on one sentence."""

    name: str
    passed: bool
    message: str | None = None


class SummarySentence(Record):
    """One sentence of a summary, with its evidence."""

    text: str
    sources: tuple[SourceSpan, ...]
    checks: tuple[Check, ...] = ()


class ModelUse(Record):
    """A model that took part, and the terms its output comes under."""

    role: str
    id: str
    revision: str
    licence: str


class Reading(Record):
    """How much of the article was read, in characters of its canonical body and in sentences."""

    characters_read: int
    characters_total: int
    sentences_read: int
    sentences_total: int


class Summary(Record):
    """One summary: immutable, kept under the identity of its computation."""

    article_hash: str
    source_language: Language
    language: Language
    length: Length
    recipe: str
    fingerprint: str
    glossary: str | None = None
    """The digest of the terms it was made and checked with, if there were any."""
    headline: str
    headline_checks: tuple[Check, ...] = ()
    sentences: tuple[SummarySentence, ...]
    needs_review: bool
    models: tuple[ModelUse, ...]
    read: Reading
    timings_ms: dict[str, float]
    created_at: datetime
