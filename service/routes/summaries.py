"""Summaries by the hash of their article: read, never made."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from khabar.article import Article
from khabar.computation import summary_id
from khabar.errors import SummaryUnknown
from khabar.languages import Language
from khabar.recipe import Edition
from khabar.store.intake import article_unknown
from khabar.summary import Length, Summary
from service.answers import Answer
from service.auth import Admin, Reader
from service.problems import documented
from service.request_audit import facts_of
from service.resources import Held, Resources
from service.schemas import LookupIn, SummariesOut
from service.submitting import receive

router = APIRouter(prefix="/v1/summaries", tags=["summaries"])

ArticleHash = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
RecipeName = Annotated[str | None, Query(max_length=40)]
IfNoneMatch = Annotated[str | None, Header(description="An ETag you have: 304 if it still holds.")]
_NOT_MODIFIED: dict[int | str, dict[str, str]] = {
    304: {"description": "You have this answer already."}
}


@router.get(
    "/{article_hash}",
    response_model=SummariesOut,
    responses={**_NOT_MODIFIED, **documented(401, 403, 404, 422, 503)},
)
async def read_all(
    article_hash: ArticleHash,
    request: Request,
    held: Held,
    owner: Reader,
    length: Length = Length.SHORT,
    recipe: RecipeName = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return what summaries of an article are kept.

    404 `article_unknown` for an article that this key has not sent (that no key has, where
    summaries are shared), `summary_unknown` for one without summaries of this length and recipe.
    """
    since = held.cache.withdrawals
    answer, complete = await _all_summaries(
        article_hash, length, held.editions.find(recipe), owner, held
    )
    if complete:
        _keep(answer, owner, request, held, since)
    return _reply(answer, if_none_match)


@router.get(
    "/{article_hash}/{language}",
    response_model=Summary,
    responses={**_NOT_MODIFIED, **documented(401, 403, 404, 422, 503)},
)
async def read_one(
    article_hash: ArticleHash,
    language: Language,
    request: Request,
    held: Held,
    owner: Reader,
    length: Length = Length.SHORT,
    recipe: RecipeName = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the summary of an article in one language."""
    since = held.cache.withdrawals
    chosen = held.editions.find(recipe)
    (text,) = await held.intake.summaries_of(
        article_hash, [summary_id(article_hash, language, length, chosen.fingerprint)], owner
    )
    if text is None:
        await held.intake.article(article_hash)
        raise _unknown(f"There is no {length} summary of this article in {language}.")
    answer = Answer.of(text.encode())
    _keep(answer, owner, request, held, since)
    return _reply(answer, if_none_match)


@router.post(
    "/lookup",
    response_model=SummariesOut,
    responses=documented(400, 401, 403, 404, 408, 413, 415, 422, 503),
)
async def lookup(sent: LookupIn, request: Request, held: Held, owner: Reader) -> Response:
    """Return what summaries of this article are kept, or 404. Never starts a job."""
    article = await run_in_threadpool(receive, sent, held.settings)
    edition = held.editions.find(sent.recipe)
    facts_of(request.scope).article = article.article_hash
    answer, _ = await _all_summaries(article.article_hash, sent.length, edition, owner, held)
    return _reply(answer, None)


@router.delete("/{article_hash}", status_code=204, responses=documented(401, 403, 404, 422, 503))
async def withdraw(article_hash: ArticleHash, held: Held, _: Admin) -> None:
    """Withdraw an article: it and all its summaries go, from the store and from every cache.

    Work on it that has begun ends without a result.
    """
    if not await held.intake.withdraw(article_hash):
        raise article_unknown()


async def _all_summaries(
    article_hash: str, length: Length, edition: Edition, owner: str, held: Resources
) -> tuple[Answer, bool]:
    ids = [summary_id(article_hash, language, length, edition.fingerprint) for language in Language]
    texts = await held.intake.summaries_of(article_hash, ids, owner)
    found = {
        language: Summary.model_validate_json(text)
        for language, text in zip(Language, texts, strict=True)
        if text
    }
    if not found:
        article = Article.model_validate_json(await held.intake.article(article_hash))
        raise _unknown(
            f"The article is known ({article.language}), but no {length} summary of it is kept."
        )
    summaries = SummariesOut(
        article_hash=article_hash,
        source_language=next(iter(found.values())).source_language,
        length=length,
        recipe=edition.recipe.name,
        fingerprint=edition.fingerprint,
        summaries=found,
        missing=[language for language in Language if language not in found],
    )
    return Answer.of(summaries.model_dump_json(exclude_none=True).encode()), not summaries.missing


def _keep(answer: Answer, owner: str, request: Request, held: Resources, since: int) -> None:
    path, query = request.scope["path"], request.scope["query_string"]
    held.cache.keep(owner, path, query, answer, since=since)


def _reply(answer: Answer, if_none_match: str | None) -> Response:
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    if if_none_match is not None and answer.matches(if_none_match):
        del headers["content-length"]
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers)


def _unknown(message: str) -> SummaryUnknown:
    return SummaryUnknown(
        message,
        field="language",
        hint="Ask for it with POST /v1/jobs; a job that runs may not have ended yet.",
    )
