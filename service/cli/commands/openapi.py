"""``khabar openapi``: the description of the API, made from the program."""

from pathlib import Path
from typing import Annotated

import typer
import yaml

from khabar.settings import Settings
from service.cli.output import reporting


def openapi(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; stdout if absent.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if FILE is not up to date.")
    ] = False,
) -> None:
    """Write the OpenAPI description of the service as YAML, the same each time.

    Exit codes: 0 written, or up to date; 1 --check found FILE out of date.
    """
    with reporting(as_json=False) as output:
        described = _yaml()
        if file is None:
            typer.echo(described, nl=False)
        elif not check:
            file.write_text(described, "utf-8")
        elif not file.is_file() or file.read_text("utf-8") != described:
            output.note(f"{file} is out of date. Run: khabar openapi {file}")
            raise typer.Exit(1)


def _yaml() -> str:
    # Imported here: of all commands only this one needs the whole application in its process.
    from service.app import create_app

    # The limits of one installation have no place in the description of all.
    defaults = Settings.model_construct()
    described = create_app(defaults).openapi()
    text: str = yaml.dump(described, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as they read."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _block)
