"""How much of a download has arrived, for a person who waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

_MEGABYTE = 1_000_000

Advance = Callable[[float], None]
"""Told how many bytes more have arrived; less than none where they have to be fetched again."""


class DownloadProgress:
    """A bar on a terminal; elsewhere a line where a download begins."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def tell(self, sentence: str) -> None:
        """Say what happens."""
        self._console.print(sentence, style="dim")

    @contextmanager
    def download(self, name: str, total: int, present: int) -> Iterator[Advance]:
        """Show a download of ``total`` bytes, ``present`` of which an earlier one has left."""
        rest = f", {present / _MEGABYTE:.1f} MB of it there already" if present else ""
        if not self._console.is_terminal:
            self.tell(f"Downloading {name}, {total / _MEGABYTE:.1f} MB{rest}")
            yield _ignore
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(name, total=total, completed=present)
            yield lambda count: progress.advance(task, count)


def on_standard_error() -> DownloadProgress:
    """Return progress that leaves standard output to the result."""
    return DownloadProgress(
        Console(stderr=True, markup=False, emoji=False, highlight=False, soft_wrap=True)
    )


def _ignore(count: float) -> None:
    """Show nothing."""
