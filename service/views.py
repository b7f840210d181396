"""From records in the store to what clients see."""

from khabar.job import Job
from khabar.languages import Language
from khabar.links import job_path, summaries_path
from khabar.store.intake import Intake
from khabar.summary import Summary
from service.schemas import JobOut, LanguageOut


async def view_job(job: Job, intake: Intake) -> JobOut:
    """Return a job with the summaries that are there."""
    (view,) = await view_jobs([job], intake)
    return view


async def view_jobs(jobs: list[Job], intake: Intake) -> list[JobOut]:
    """Return jobs with their summaries, read in one round trip."""
    wanted = [
        status.computation
        for job in jobs
        for status in job.languages.values()
        if status.state == "done"
    ]
    found = dict(zip(wanted, await intake.summaries(wanted), strict=True))
    return [_view(job, found) for job in jobs]


def _view(job: Job, found: dict[str, str | None]) -> JobOut:
    languages: dict[Language, LanguageOut] = {}
    for language, status in job.languages.items():
        text = found.get(status.computation)
        languages[language] = LanguageOut(
            state=status.state,
            cached=status.cached,
            summary=Summary.model_validate_json(text) if text else None,
            error=status.error,
        )
    return JobOut(
        **job.model_dump(exclude={"owner", "languages"}),
        languages=languages,
        links={
            "self": job_path(job.id),
            "events": f"{job_path(job.id)}/events",
            "summaries": summaries_path(job.article_hash, job.length, job.recipe),
        },
    )
