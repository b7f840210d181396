"""From a request to what the store must know: the article, its identity, the computations."""

import uuid
from dataclasses import dataclass, replace

from khabar.article import Article
from khabar.computation import Computation
from khabar.errors import TooLarge
from khabar.identify import check_declared, identify
from khabar.identity import Json, digest
from khabar.languages import Language
from khabar.recipe import Edition
from khabar.settings import Settings
from khabar.store.intake import Submission
from khabar.webhooks.callback import Callback
from khabar.webhooks.policy import Policy
from service.editions import Editions
from service.schemas import ArticleIn, JobIn, LookupIn


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a job: the API key's id, and the key they gave against sending it twice.

    ``index`` is the place of the article in its batch.
    """

    owner: str
    idempotency_key: str | None = None
    index: int | None = None

    def part(self, index: int) -> "Sender":
        """Return the sender of one article of a batch."""
        return replace(self, index=index)


def receive(sent: ArticleIn, settings: Settings) -> Article:
    """Return the article in canonical form, with its language.

    Raises TooLarge, and the errors of ``Article.receive`` and ``identify``.
    """
    _check_size(sent, settings.article_bytes)
    article = Article.receive(
        text=sent.text,
        html=sent.html,
        headline=sent.headline,
        language=sent.language,
        guid=sent.guid,
        version=sent.version,
        source=sent.source,
        published_at=sent.published_at,
        url=str(sent.url) if sent.url else None,
    )
    if article.language is not None:
        check_declared(article.body, article.language)
        return article
    return article.model_copy(update={"language": identify(article.body)})


def _check_size(sent: ArticleIn, limit: int) -> None:
    for field in ("text", "html"):
        content: str | None = getattr(sent, field)
        # A lone surrogate is one more error, told later; here it only must not get in the way.
        size = len(content.encode("utf-8", "surrogatepass")) if content else 0
        if size > limit:
            raise TooLarge(
                "The article is larger than it may be, in bytes of UTF-8.",
                field=field,
                limit=limit,
                given=size,
                hint="Send the story alone, without the page around it, or in parts.",
            )


def computations(
    article: Article, sent: LookupIn, edition: Edition, languages: tuple[Language, ...]
) -> tuple[Computation, ...]:
    """Return one computation for each language, in a fixed order and without doubles."""
    language = article.language
    assert language is not None  # noqa: S101 -- receive() has set it.
    return tuple(
        Computation(
            article_hash=article.article_hash,
            source_language=language,
            language=target,
            length=sent.length,
            recipe=edition.recipe.name,
            fingerprint=edition.fingerprint,
            glossary=edition.glossary,
        )
        for target in Language
        if target in languages
    )


def prepare(sent: JobIn, sender: Sender, editions: Editions, settings: Settings) -> Submission:
    """Return the submission for a job. Takes some milliseconds of a processor's time.

    Raises CallbackRefused, and the errors of ``receive``.
    """
    callback = (
        None
        if sent.callback_url is None
        else Callback.parse(sent.callback_url, Policy.of(settings))
    )
    edition = editions.find(sent.recipe)
    article = receive(sent, settings)
    wanted = computations(article, sent, edition, sent.languages)
    return Submission(
        job_id=uuid.uuid4().hex,
        owner=sender.owner,
        article_json=article.model_dump_json(exclude_none=True),
        wanted=wanted,
        priority=sent.priority,
        idempotency=_idempotency(sender),
        request=_request_digest(wanted, sent, callback),
        callback=callback,
    )


def _idempotency(sender: Sender) -> str | None:
    if sender.idempotency_key is None:
        return None
    content: dict[str, Json] = {"owner": sender.owner, "key": sender.idempotency_key}
    if sender.index is not None:
        content["index"] = sender.index
    return digest("khabar-idempotency-1", content)


def _request_digest(wanted: tuple[Computation, ...], sent: JobIn, callback: Callback | None) -> str:
    """Return what tells one request from another: what was asked for.

    The fingerprint is no part of it, lest a request that is sent again after an upload be taken
    for another.
    """
    first = wanted[0]
    request: dict[str, Json] = {
        "article": first.article_hash,
        "recipe": first.recipe,
        "length": first.length,
        "languages": [computation.language for computation in wanted],
        "priority": sent.priority,
    }
    if callback is not None:
        request["callback"] = callback.url
    return digest("khabar-request-2", request)
