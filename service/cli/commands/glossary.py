"""``khabar glossary``: the glossaries that are uploaded for recipes."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from khabar.errors import FieldInvalid
from service.cli import options
from service.cli.output import reporting
from service.cli.reach import reached
from service.schemas import DIGEST_HEADER, ENTRIES_HEADER

Recipe = Annotated[str, typer.Argument(metavar="RECIPE", help="The name of the recipe.")]
IfMatch = Annotated[
    str | None,
    typer.Option(
        metavar="ETAG",
        help="Change it only if it is still the one you have read: the ETag that `show` told.",
    ),
]


def put(
    recipe: Recipe,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The glossary, CSV UTF-8; - reads stdin.")
    ],
    if_match: IfMatch = None,
    service: options.ServiceUrl = None,
    key: options.Key = None,
    as_json: options.AsJson = False,
) -> None:
    """Give a recipe the glossary in FILE, instead of the one of its own file.

    Exit codes: 0 in force; 2 the file has a mistake, or the glossary was changed meanwhile; 3 the
    service does not answer.
    """
    with reporting(as_json=as_json) as output:
        content = _read(file)
        with reached(service, key, output, workers=False) as client:
            kept, etag = client.put_glossary(recipe, content, if_match)
        output.result(
            {**kept.model_dump(mode="json"), "etag": etag},
            [f"{kept.recipe}: {kept.entries} entries, digest {kept.digest}"],
        )
        output.note(f"ETag: {etag}")


def show(
    recipe: Recipe,
    service: options.ServiceUrl = None,
    key: options.Key = None,
    as_json: options.AsJson = False,
) -> None:
    """Print the glossary that was uploaded for a recipe.

    Exit codes: 0 found; 1 none was uploaded; 3 the service does not answer.
    """
    with (
        reporting(as_json=as_json) as output,
        reached(service, key, output, workers=False) as client,
    ):
        answer = client.glossary(recipe)
        facts = {
            "digest": answer.headers.get(DIGEST_HEADER),
            "entries": int(answer.headers.get(ENTRIES_HEADER, 0)),
            "etag": answer.headers.get("ETag"),
        }
        output.result({"recipe": recipe, **facts, "text": answer.text}, answer.text.splitlines())
        output.note(", ".join(f"{name}: {value}" for name, value in facts.items()))


def remove(
    recipe: Recipe,
    if_match: IfMatch = None,
    service: options.ServiceUrl = None,
    key: options.Key = None,
    as_json: options.AsJson = False,
) -> None:
    """Remove the glossary that was uploaded for a recipe: its own file's is in force again.

    Exit codes: 0 removed; 1 none was uploaded; 2 it was changed meanwhile; 3 the service does not
    answer.
    """
    with reporting(as_json=as_json) as output:
        with reached(service, key, output, workers=False) as client:
            client.remove_glossary(recipe, if_match)
        output.result({"removed": recipe}, [f"Removed the glossary of {recipe}."])


def commands() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(
        no_args_is_help=True, help="Glossaries of recipes: upload, show and remove them."
    )
    group.command("put")(put)
    group.command("show")(show)
    group.command("remove")(remove)
    return group


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise FieldInvalid(f"{file} cannot be read ({error.strerror}).", field="FILE") from error
