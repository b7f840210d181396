"""An article as it was received, in canonical form, and the hash that identifies it."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict

from khabar.canonical import canonical_line, canonical_text
from khabar.errors import ArticleEmpty, FieldInvalid
from khabar.identity import digest
from khabar.languages import Language
from khabar.markup import html_to_text

HASH_SCHEME = "khabar-article-1"
MAX_HEADLINE_CHARACTERS = 1_000


def _body(raw: str) -> str:
    return canonical_text(raw, "body")


def _headline(raw: str | None) -> str | None:
    return canonical_line(raw) or None if raw is not None else None


class Article(BaseModel):
    """One article. Two with the same headline and body are the same story, whatever else they say.

    ``headline`` and ``body`` are canonical: every character offset Khabar gives counts the code
    points of ``body``. ``language`` is the declared one, or None until it has been detected.
    ``guid``, ``version``, ``source``, ``published_at`` and ``url`` are the newsroom's own; they are
    handed back and take no part in the hash.
    """

    # An error of pydantic would else show what it was given, and errors of ours are logged.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    headline: Annotated[str | None, AfterValidator(_headline)] = None
    body: Annotated[str, AfterValidator(_body)]
    language: Language | None = None
    guid: str | None = None
    version: str | None = None
    source: str | None = None
    published_at: datetime | None = None
    url: str | None = None

    @property
    def article_hash(self) -> str:
        """The hash of the headline and the body: 64 hexadecimal digits."""
        return article_hash(self.headline, self.body)

    @classmethod
    def receive(
        cls,
        *,
        text: str | None = None,
        html: str | None = None,
        headline: str | None = None,
        language: Language | None = None,
        guid: str | None = None,
        version: str | None = None,
        source: str | None = None,
        published_at: datetime | None = None,
        url: str | None = None,
    ) -> Self:
        """Return the article that was sent as plain ``text`` or as ``html``.

        A headline inside the HTML stays part of the body: only ``headline`` names it. Raises
        FieldInvalid where not exactly one of ``text`` and ``html`` is given or the headline is too
        long, ArticleEmpty where no letter is left, and TextNotUnicode.
        """
        field, body = _body_of(text, html)
        if not any(map(str.isalpha, body)):
            raise ArticleEmpty(
                f"There is no word in `{field}` to summarise.",
                field=field,
                limit="at least one letter",
                given=f"{len(body)} characters, no letter",
                hint="Send the body of the article.",
            )
        return cls(
            headline=_checked_headline(headline),
            body=body,
            language=language,
            guid=guid,
            version=version,
            source=source,
            published_at=published_at,
            url=url,
        )


def article_hash(headline: str | None, body: str) -> str:
    """Return the SHA-256, in hexadecimal, that identifies a canonical headline and body.

    It covers two netstrings (https://cr.yp.to/proto/netstrings.txt): the name of the scheme, and
    the two texts as canonical JSON (RFC 8785). docs/article-hash.md tells how to compute it
    elsewhere. ``headline`` and ``body`` must be canonical, as those of an ``Article`` are.
    """
    return digest(HASH_SCHEME, {"body": body, "headline": headline or ""})


def _body_of(text: str | None, html: str | None) -> tuple[str, str]:
    """Return the field that was sent and the canonical body made from it."""
    if text is not None and html is None:
        return "text", canonical_text(text, "text")
    if html is not None and text is None:
        return "html", canonical_text(html_to_text(html), "html")
    raise FieldInvalid(
        "An article is sent either as `text` or as `html`.",
        field="text",
        limit="exactly one of text and html",
        given="neither" if text is None else "both",
        hint="Send plain text in `text`, or markup in `html`.",
    )


def _checked_headline(raw: str | None) -> str | None:
    headline = _headline(raw)
    if headline is not None and len(headline) > MAX_HEADLINE_CHARACTERS:
        raise FieldInvalid(
            f"The headline is longer than {MAX_HEADLINE_CHARACTERS:,} characters.",
            field="headline",
            limit=MAX_HEADLINE_CHARACTERS,
            given=len(headline),
            hint="Send the body of the article in `text` or `html`.",
        )
    return headline
