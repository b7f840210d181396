"""Many articles at once: each gets a job or an error of its own."""

import io
import itertools
import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from khabar.audit import Fact
from khabar.errors import BodyInvalid, ErrorRecord, KhabarError, TooLarge
from khabar.settings import Settings
from khabar.store.intake import Accepted, Submission
from khabar.store.limiter import Grant
from service.auth import Submitting
from service.editions import Editions
from service.gate import Caller
from service.problems import documented, problem, status_of, validation_records
from service.quota_headers import DOCUMENTED, quota_headers
from service.request_audit import facts_of
from service.resources import Held, Resources
from service.routes.jobs import IdempotencyKey, checked
from service.schemas import BatchItemOut, BatchOut, JobIn
from service.submitting import Sender, prepare
from service.views import view_jobs

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

NDJSON = "application/x-ndjson"
LINES = frozenset({NDJSON, "application/ndjson", "application/jsonl"})
_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"type": "array", "items": {"$ref": "#/components/schemas/JobIn"}}
        },
        NDJSON: {"schema": {"$ref": "#/components/schemas/JobIn"}},
    },
}
Prepared = Submission | BatchItemOut


@router.post(
    "/batch",
    response_model=BatchOut,
    response_model_exclude_none=True,
    openapi_extra={"requestBody": _BODY},
    responses={
        200: {"description": "One item for each article.", "headers": DOCUMENTED},
        **documented(400, 401, 403, 408, 413, 415, 422, 503),
    },
)
async def submit_batch(
    request: Request,
    held: Held,
    caller: Submitting,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
) -> BatchOut:
    """Ask for summaries of many articles, as a JSON array or as NDJSON.

    Always 200 if the body could be read: one article's mistake is no other's. `status` of an item
    is what `POST /v1/jobs` would have answered. Where the limits of the key allow fewer articles,
    the first ones are taken and the others get 429 `quota_exceeded` with `retry_after`. What cannot
    be used does not count.
    """
    body = await request.body()
    sender = Sender(caller.owner, checked(idempotency_key))
    lines = content_type.split(";")[0].strip().lower() in LINES
    prepared = await run_in_threadpool(
        _prepare_all, body, lines, sender, held.editions, held.settings
    )
    items, grant = await _submit_all(prepared, caller, held)
    facts_of(request.scope).items = [_act(item, prepared[item.index]) for item in items]
    response.headers.update(quota_headers(grant.quotas))
    refused = sum(item.error is not None for item in items)
    return BatchOut(accepted=len(items) - refused, refused=refused, items=items)


def _prepare_all(
    body: bytes, lines: bool, sender: Sender, editions: Editions, settings: Settings
) -> list[Prepared]:
    articles = _read_lines(body, settings.batch_articles) if lines else _read_array(body)
    if len(articles) > settings.batch_articles:
        raise TooLarge(
            "The batch holds more articles than it may.",
            field="body",
            limit=settings.batch_articles,
            # Of lines no more are read than it takes to know.
            given=None if lines else len(articles),
            hint="Send it in several batches.",
        )
    return [
        _prepare_one(index, article, sender.part(index), editions, settings)
        for index, article in enumerate(articles)
    ]


def _read_array(body: bytes) -> list[Any]:
    try:
        articles = json.loads(body)
    except (ValueError, RecursionError):
        raise BodyInvalid(
            "The body is not JSON.",
            field="body",
            hint=f"Send a JSON array of articles, or one to a line as {NDJSON}.",
        ) from None
    if not isinstance(articles, list):
        raise BodyInvalid(
            "The body is JSON, but not an array.",
            field="body",
            given=type(articles).__name__,
            hint=f"Send a JSON array of articles, or one to a line as {NDJSON}.",
        )
    return articles


def _read_lines(body: bytes, most: int) -> list[Any]:
    lines = (line for line in io.BytesIO(body) if not line.isspace())
    return [_read_line(line) for line in itertools.islice(lines, most + 1)]


def _read_line(line: bytes) -> Any:  # noqa: ANN401 -- whatever JSON says.
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return BodyInvalid("This line is not JSON.", field="body")


def _prepare_one(
    index: int, article: object, sender: Sender, editions: Editions, settings: Settings
) -> Prepared:
    try:
        if isinstance(article, KhabarError):
            raise article
        return prepare(JobIn.model_validate(article), sender, editions, settings)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        records = validation_records(list(found))
        return _refusal(index, records[0], 422, records)
    except KhabarError as error:
        return _refusal(index, error.record(), status_of(error))


def _refusal(
    index: int, record: ErrorRecord, status: int, others: list[ErrorRecord] | None = None
) -> BatchItemOut:
    return BatchItemOut(index=index, status=status, error=problem(record, status, others))


async def _submit_all(
    prepared: list[Prepared], caller: Caller, held: Resources
) -> tuple[list[BatchItemOut], Grant]:
    submissions = {
        index: entry for index, entry in enumerate(prepared) if isinstance(entry, Submission)
    }
    answers, grant = await held.admission.submit_many(list(submissions.values()), caller)
    items = [entry for entry in prepared if isinstance(entry, BatchItemOut)]
    taken: dict[int, Accepted] = {}
    for index, answer in zip(submissions, answers, strict=True):
        if isinstance(answer, KhabarError):
            items.append(_refusal(index, answer.record(), status_of(answer)))
        else:
            taken[index] = answer
            held.publisher.publish(answer.hints)
    items += await _view_all(taken, held)
    return sorted(items, key=lambda item: item.index), grant


def _act(item: BatchItemOut, prepared: Prepared) -> dict[str, Fact]:
    """Return what the audit log says of one article."""
    return {
        "item": item.index,
        "article": prepared.article_hash if isinstance(prepared, Submission) else None,
        "job": item.job.id if item.job else None,
        "status": item.status,
        "code": item.error.code if item.error else None,
    }


async def _view_all(taken: dict[int, Accepted], held: Resources) -> list[BatchItemOut]:
    jobs = await held.intake.jobs([accepted.job_id for accepted in taken.values()])
    views = await view_jobs(jobs, held.intake)
    return [
        BatchItemOut(index=index, status=200 if view.state.final else 202, job=view)
        for index, view in zip(taken, views, strict=True)
    ]
