"""Jobs: one article in, its summaries out when they are made."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from khabar.errors import FieldInvalid
from khabar.job import Job
from khabar.links import job_path
from khabar.store.intake import job_unknown
from service.auth import Reader, Submitter, Submitting
from service.problems import documented
from service.quota_headers import DOCUMENTED, quota_headers
from service.request_audit import facts_of
from service.resources import Held, Resources
from service.schemas import JobIn, JobOut
from service.submitting import Sender, prepare
from service.views import view_job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="The same key with the same request leads to the same job.",
    ),
]
Prefer = Annotated[
    str | None,
    Header(description="`wait=N` holds the request until the job ends, at most N seconds."),
]
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*(\d{1,5})(?:$|[,;\s])")
_RETRY_AFTER_SECONDS = "1"


@router.post(
    "",
    status_code=202,
    response_model=JobOut,
    response_model_exclude_none=True,
    responses={
        200: {
            "model": JobOut,
            "description": "All that was asked for is there.",
            "headers": DOCUMENTED,
        },
        202: {"description": "The job is on record.", "headers": DOCUMENTED},
        **documented(400, 401, 403, 408, 413, 415, 422, 429, 503),
    },
)
async def submit(
    sent: JobIn,
    request: Request,
    held: Held,
    caller: Submitting,
    response: Response,
    idempotency_key: IdempotencyKey = None,
    prefer: Prefer = None,
) -> JobOut:
    """Ask for summaries of one article.

    202 with the job while they are being made; 200 when they are there. The job is on record
    before it is promised: it ends in a final state whatever happens to the machines.
    """
    sender = Sender(caller.owner, checked(idempotency_key))
    submission = await run_in_threadpool(prepare, sent, sender, held.editions, held.settings)
    facts = facts_of(request.scope)
    facts.article = submission.article_hash
    accepted, grant = await held.admission.submit(submission, caller)
    response.headers.update(quota_headers(grant.quotas))
    facts.job = accepted.job_id
    held.publisher.publish(accepted.hints)
    response.headers["Location"] = job_path(accepted.job_id)
    job = await held.intake.job(accepted.job_id)
    seconds = _wait_seconds(prefer, held.settings.wait_limit_seconds)
    if seconds is not None:
        response.headers["Preference-Applied"] = f"wait={seconds:.0f}"
    if seconds and not job.state.final:
        await held.announcements.wait_for_end(held.intake, job.id, seconds)
        job = await held.intake.job(accepted.job_id)
    if job.state.final:
        response.status_code = 200
    else:
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return await view_job(job, held.intake)


@router.get(
    "/{job_id}",
    response_model=JobOut,
    response_model_exclude_none=True,
    responses=documented(401, 403, 404, 422, 503),
)
async def read(job_id: JobId, held: Held, owner: Reader, response: Response) -> JobOut:
    """Return a job with the summaries that are there so far."""
    job = await own_job(job_id, held, owner)
    if not job.state.final:
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return await view_job(job, held.intake)


@router.delete(
    "/{job_id}",
    response_model=JobOut,
    response_model_exclude_none=True,
    responses=documented(401, 403, 404, 422, 503),
)
async def cancel(job_id: JobId, held: Held, owner: Submitter) -> JobOut:
    """Cancel what of a job has not ended yet. What has ended stays as it is."""
    await own_job(job_id, held, owner)
    await held.intake.cancel(job_id)
    return await view_job(await held.intake.job(job_id), held.intake)


async def own_job(job_id: str, held: Resources, owner: str) -> Job:
    """Return a job that was sent with this key. Another's is as unknown as none."""
    job = await held.intake.job(job_id)
    if job.owner != owner:
        raise job_unknown()
    return job


def checked(key: str | None) -> str | None:
    """Return an Idempotency-Key. Raises FieldInvalid where it is empty."""
    if key is not None and not key.strip():
        raise FieldInvalid(
            "The Idempotency-Key is empty.",
            field="Idempotency-Key",
            hint="Leave the header out, or give it a value of your own such as a UUID.",
        )
    return key


def _wait_seconds(prefer: str | None, limit: float) -> float | None:
    found = _WAIT.search(prefer or "")
    return min(float(found[1]), limit) if found else None
