"""``khabar submit``: an article in, its summaries out."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from khabar.errors import FieldInvalid
from khabar.job import State
from khabar.languages import Language
from khabar.queues import Priority
from khabar.summary import Length
from service.cli import options
from service.cli.article_file import read_article
from service.cli.client import Client
from service.cli.exits import Exit
from service.cli.follow import follow
from service.cli.output import Output, reporting
from service.cli.present import job_lines
from service.cli.progress import JobProgress
from service.cli.reach import reached
from service.schemas import JobOut


def submit(
    file: options.ArticleFile,
    service: options.ServiceUrl = None,
    key: options.Key = None,
    headline: options.Headline = None,
    language: Annotated[
        Language | None, typer.Option(help="The article's language; found from the text if absent.")
    ] = None,
    languages: Annotated[
        str, typer.Option(help="The languages wanted, with commas between.")
    ] = "en,ru,ar",
    length: options.LengthChoice = Length.SHORT,
    recipe: options.RecipeName = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Go before work in bulk.")] = False,
    html: options.Html = False,
    as_json: options.AsJson = False,
) -> None:
    """Summarise the article in FILE and print the summaries.

    Exit codes: 0 all that was asked for is there; 1 a language failed; 2 the input cannot be used;
    3 the service does not answer.
    """
    with reporting(as_json=as_json) as output:
        job = {
            **read_article(file, html=html),
            "headline": headline,
            "language": language,
            "languages": _codes(languages),
            "length": length,
            "recipe": recipe,
            "priority": Priority.URGENT if urgent else Priority.BULK,
        }
        with reached(service, key, output) as client:
            ended = send_and_show(client, job, output)
        if any(out.state is not State.DONE for out in ended.languages.values()):
            raise typer.Exit(Exit.FAILED)


def send_and_show(client: Client, job: Mapping[str, Any], output: Output) -> JobOut:
    """Send a job, show how it goes, print what comes of it, and return it as it ended."""
    sent = {name: value for name, value in job.items() if value is not None}
    with JobProgress(output.notes) as progress:
        ended = follow(client, client.submit(sent), progress.show)
    output.result(
        ended.model_dump(mode="json", exclude_none=True), job_lines(ended, progress.seconds)
    )
    return ended


def _codes(languages: str) -> list[Language]:
    codes = [code.strip() for code in languages.split(",") if code.strip()]
    unknown = [code for code in codes if code not in tuple(Language)]
    if unknown or not codes:
        raise FieldInvalid(
            "The languages are codes with commas between, such as en,ru.",
            field="languages",
            limit=", ".join(Language),
            given=languages[:40],
        )
    return [Language(code) for code in codes]
