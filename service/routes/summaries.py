"""Summaries by the hash of their article: read, never made."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from khabar.article import Article
from khabar.computation import summary_id
from khabar.errors import SummaryUnknown
from khabar.languages import Language
from khabar.recipe import Recipe
from khabar.summary import Length, Summary
from service.answers import Answer
from service.auth import Owner
from service.problems import documented
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
    responses={**_NOT_MODIFIED, **documented(401, 404, 422, 503)},
)
async def read_all(
    article_hash: ArticleHash,
    request: Request,
    held: Held,
    _: Owner,
    length: Length = Length.SHORT,
    recipe: RecipeName = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return what summaries of an article are kept.

    404 `article_unknown` for an article never seen, `summary_unknown` for one without summaries of
    this length and recipe.
    """
    since = held.cache.withdrawals
    answer, complete = await _all_summaries(article_hash, length, held.recipes.find(recipe), held)
    if complete:
        _keep(answer, request, held, since)
    return _reply(answer, if_none_match)


@router.get(
    "/{article_hash}/{language}",
    response_model=Summary,
    responses={**_NOT_MODIFIED, **documented(401, 404, 422, 503)},
)
async def read_one(
    article_hash: ArticleHash,
    language: Language,
    request: Request,
    held: Held,
    _: Owner,
    length: Length = Length.SHORT,
    recipe: RecipeName = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return the summary of an article in one language."""
    chosen = held.recipes.find(recipe)
    since = held.cache.withdrawals
    (text,) = await held.intake.summaries(
        [summary_id(article_hash, language, length, chosen.fingerprint)]
    )
    if text is None:
        await held.intake.article(article_hash)
        raise _unknown(f"There is no {length} summary of this article in {language}.")
    answer = Answer.of(text.encode())
    _keep(answer, request, held, since)
    return _reply(answer, if_none_match)


@router.post(
    "/lookup",
    response_model=SummariesOut,
    responses=documented(400, 401, 404, 408, 413, 415, 422, 503),
)
async def lookup(sent: LookupIn, held: Held, _: Owner) -> Response:
    """Return what summaries of this article are kept, or 404. Never starts a job."""
    recipe = held.recipes.find(sent.recipe)
    article = await run_in_threadpool(receive, sent, held.settings)
    answer, _complete = await _all_summaries(article.article_hash, sent.length, recipe, held)
    return _reply(answer, None)


async def _all_summaries(
    article_hash: str, length: Length, recipe: Recipe, held: Resources
) -> tuple[Answer, bool]:
    ids = [summary_id(article_hash, language, length, recipe.fingerprint) for language in Language]
    texts = await held.intake.summaries(ids)
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
        recipe=recipe.name,
        fingerprint=recipe.fingerprint,
        summaries=found,
        missing=[language for language in Language if language not in found],
    )
    return Answer.of(summaries.model_dump_json(exclude_none=True).encode()), not summaries.missing


def _keep(answer: Answer, request: Request, held: Resources, since: int) -> None:
    held.cache.keep(request.scope["path"], request.scope["query_string"], answer, since=since)


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
