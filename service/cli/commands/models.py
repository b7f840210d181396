"""``khabar models``: the models on this machine.

The work is done by ``workers.models`` in a process of its own, since the service knows no models.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from khabar.errors import ErrorRecord, InvalidInput, KhabarError
from service.cli import options
from service.cli.chosen_settings import read_settings
from service.cli.exits import Exit
from service.cli.output import reporting
from service.embedded.environment import child_environment

_MEGABYTE = 1_000_000


class ModelsFailed(KhabarError):
    """The process that handles models ended with an error. Its code is that error's."""

    def __init__(self, told: ErrorRecord) -> None:
        super().__init__(told.message)
        self._told = told

    def record(self) -> ErrorRecord:
        """Return the error as it was told."""
        return self._told


class ModelsRefused(ModelsFailed, InvalidInput):
    """The process that handles models cannot use what it was given."""


def list_models(as_json: options.AsJson = False) -> None:
    """List the models that are installed and those that recipes ask for."""
    with reporting(as_json=as_json) as output:
        rows = _ask("list")["models"]
        output.result(rows, [_line(row) for row in rows])
        if not rows:
            output.note("No model is installed, and no recipe asks for one.")


def pull(
    recipe: Annotated[str, typer.Argument(help="The recipe whose models are wanted.")],
    folder: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Install from this folder instead of downloading: a converted model, a "
            "checkpoint, or one folder for each model of the recipe.",
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Install the models of a recipe that are not installed yet, or are damaged.

    A download that was stopped goes on where it was. HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE are
    honoured.

    Exit codes: 0 all are there; 1 a model could not be had, or the disk is too small; 2 there is
    no such recipe, its licence is refused, it pins no commit, or the folder does not hold the
    model.
    """
    with reporting(as_json=as_json) as output:
        source = ("--from", str(folder.resolve())) if folder else ()
        done = _ask("pull", recipe, *source)
        lines = [f"Installed {name}" for name in done["installed"]]
        lines += [f"Already there: {name}" for name in done["present"]]
        output.result(done, lines or [f"The recipe {recipe} needs no model."])


def verify(
    models: Annotated[
        list[str] | None, typer.Argument(help="Ids of models; by default all that are installed.")
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Compare the files of models with the sums taken when they were installed.

    Exit codes: 0 all are as they were; 1 some are damaged, or a model is not installed.
    """
    with reporting(as_json=as_json) as output:
        rows = _ask("verify", *(models or ()))["models"]
        output.result(rows, [_verdict(row) for row in rows])
        if not rows:
            output.note("No model is installed.")
        damaged = [row for row in rows if row["damaged"]]
        if any(row["shipped"] for row in damaged):
            output.note("Install khabar again: some of what came with it is damaged.")
        if not all(row["shipped"] for row in damaged):
            output.note("Pull the recipes of the damaged models again.")
        if damaged:
            raise typer.Exit(Exit.FAILED)


def remove(
    models: Annotated[list[str], typer.Argument(help="Ids of models, as the list shows them.")],
    as_json: options.AsJson = False,
) -> None:
    """Remove models, and what was downloaded of them.

    Running workers keep what they have loaded. Exit codes: 0 removed; 1 a model is not installed;
    2 it comes with khabar.
    """
    with reporting(as_json=as_json) as output:
        done = _ask("remove", *models)
        freed = f"{done['bytes'] / _MEGABYTE:.0f} MB are free again."
        output.result(done, [*(f"Removed {name}" for name in done["removed"]), freed])


def commands() -> typer.Typer:
    """Return the group of commands."""
    group = typer.Typer(no_args_is_help=True, help="Models: list, install, check and remove them.")
    group.command("list")(list_models)
    group.command("pull")(pull)
    group.command("verify")(verify)
    group.command("remove")(remove)
    return group


def _ask(*arguments: str) -> dict[str, Any]:
    """Return what the models' own process answers. Raises ModelsFailed."""
    answer = subprocess.run(
        [sys.executable, "-P", "-m", "workers.models", *arguments],
        env=child_environment(read_settings()),
        stdout=subprocess.PIPE,
        check=False,
    )
    try:
        told = json.loads(answer.stdout)
    except json.JSONDecodeError:
        record = ErrorRecord(
            code="models_failed",
            message=f"The process that handles models ended with code {answer.returncode}.",
            hint="What it said is printed above.",
        )
        raise ModelsFailed(record) from None
    if "error" in told:
        kind = ModelsRefused if answer.returncode == Exit.WRONG_USE else ModelsFailed
        raise kind(ErrorRecord.model_validate(told["error"]))
    result: dict[str, Any] = told["result"]
    return result


def _line(row: dict[str, Any]) -> str:
    size = f"{row['bytes'] / _MEGABYTE:.0f} MB" if row["installed"] else "not installed"
    users = ", ".join(row["recipes"]) or "no recipe"
    return f"{row['id']}@{row['revision']}  {size}  {row['licence']}  ({users})"


def _verdict(row: dict[str, Any]) -> str:
    damage = f"damaged: {', '.join(row['damaged'])}" if row["damaged"] else "as it was installed"
    return f"{row['id']}@{row['revision']}  {damage}"
