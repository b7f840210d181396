"""The events of a job, as they happen (server-sent events, WHATWG HTML 9.2)."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException

from khabar.errors import FieldInvalid
from khabar.job import Job
from khabar.languages import Language
from khabar.store.intake import JobEvent
from khabar.summary import Summary
from service.auth import Reader
from service.problems import documented
from service.resources import Held, Resources
from service.routes.jobs import JobId, own_job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

_EVENT_ID = re.compile(r"([0-9]{1,20})-([0-9]{1,20})")
_LARGEST = 2**64 - 1
"""Of both numbers in the id of an entry in a Redis stream."""
_START = "-"
_SEEN_TO_THE_END: dict[int | str, dict[str, Any]] = {
    204: {"description": "You have seen the end of this job: do not come again."}
}


async def _job(job_id: JobId, held: Held, owner: Reader) -> Job:
    return await own_job(job_id, held, owner)


def _resume_point(
    last_event_id: Annotated[
        str | None, Header(description="The id of the last event seen; those after it follow.")
    ] = None,
) -> str:
    if not last_event_id:
        return _START
    parts = _EVENT_ID.fullmatch(last_event_id)
    # After the very last id there is nothing that Redis could be asked for.
    if parts is None or max(map(int, parts.groups())) >= _LARGEST:
        raise FieldInvalid(
            "This is not the id of an event.",
            field="Last-Event-ID",
            hint="Give back the id of the last event you saw, or leave the header out.",
        )
    return last_event_id


_OwnJob = Annotated[Job, Depends(_job)]
_After = Annotated[str, Depends(_resume_point)]


async def _more_to_tell(job: _OwnJob, after: _After, held: Held) -> None:
    """Refuse who has seen the end: to an EventSource, 204 alone means not to come again."""
    if after != _START and job.state.final and not await held.intake.events(job.id, after):
        raise HTTPException(204)


@router.get(
    "/{job_id}/events",
    response_class=EventSourceResponse,
    responses=_SEEN_TO_THE_END | documented(401, 403, 404, 422, 503),
    dependencies=[Depends(_more_to_tell)],
)
async def follow(job: _OwnJob, after: _After, held: Held) -> AsyncIterator[ServerSentEvent]:
    """Follow a job to its end.

    `accepted`, then for each language `language` with its state (with the summary when it is
    `done`, with the error when it has `failed`), then `end` with the state of the job.
    """
    async for event in held.announcements.follow(held.intake, job.id, after):
        yield ServerSentEvent(
            id=event.id, event=event.type, data={"job": job.id, **await _fields(event, job, held)}
        )


async def _fields(event: JobEvent, job: Job, held: Resources) -> dict[str, Any]:
    state = event.fields.get("state")
    if event.type != "language" or state not in {"done", "failed"}:
        return event.fields
    language = Language(event.fields["language"])
    if state == "done":
        (text,) = await held.intake.summaries([job.languages[language].computation])
        summary = (
            Summary.model_validate_json(text).model_dump(mode="json", exclude_none=True)
            if text
            else None
        )
        return {**event.fields, "summary": summary}
    error = (await held.intake.job(job.id)).languages[language].error
    return {**event.fields, "error": error.model_dump(exclude_none=True) if error else None}
