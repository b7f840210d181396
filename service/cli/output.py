"""What a command says: its result on standard output, all else on standard error."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from khabar.errors import ErrorRecord, KhabarError
from service.cli.exits import Exit, exit_of

Jsonable = Mapping[str, Any] | Sequence[Any] | None
_FACTS = ("field", "limit", "given", "hint")


class Output:
    """Says things to a person, or with ``as_json`` to a program."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.notes = Console(
            stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True
        )

    def result(self, value: Jsonable, lines: Iterable[str]) -> None:
        """Print ``value`` as one JSON document, or ``lines`` for a person.

        Nothing is wrapped or reordered: right-to-left text is the terminal's business.
        """
        if self.as_json:
            typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
            return
        for line in lines:
            typer.echo(line)

    def note(self, sentence: str) -> None:
        """Tell a person what happens."""
        self.notes.print(sentence, style="dim")

    def error(self, record: ErrorRecord) -> None:
        """Print an error: what a program gets, a person gets too."""
        if self.as_json:
            self.result({"error": record.model_dump(exclude_none=True)}, [])
            return
        for line in error_lines(record):
            typer.echo(line, err=True)


def error_lines(record: ErrorRecord) -> Iterator[str]:
    """Yield an error as lines for a person."""
    yield f"Error ({record.code}): {record.message}"
    for name in _FACTS:
        value = getattr(record, name)
        if value is not None:
            yield f"  {name}: {value}"


@contextmanager
def reporting(*, as_json: bool) -> Iterator[Output]:
    """Lend an output to a command, and turn its errors into messages and exit codes."""
    output = Output(as_json=as_json)
    try:
        yield output
    except KhabarError as error:
        output.error(error.record())
        raise typer.Exit(exit_of(error)) from error
    except KeyboardInterrupt as interrupt:
        output.note("Stopped.")
        raise typer.Exit(Exit.INTERRUPTED) from interrupt
