"""A line for each language of a job while it is being made."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from khabar.job import State
from khabar.languages import FACTS, Language
from service.schemas import JobOut

_MARKS = {
    State.QUEUED: "…",
    State.DONE: "✓",
    State.FAILED: "✗",
    State.CANCELLED: "-",
}


class JobProgress:
    """Shows a job on a terminal as lines that change; elsewhere as one line for each change.

    ``seconds`` says when each language ended, counted from the creation of this object.
    """

    def __init__(self, console: Console) -> None:
        self.seconds: dict[Language, float] = {}
        self._console = console
        self._began = time.monotonic()
        self._told: dict[Language, State] = {}
        self._live = Live(console=console, transient=True) if console.is_terminal else None

    def show(self, job: JobOut) -> None:
        """Take notice of the job as it is now."""
        for language, out in job.languages.items():
            if out.state.final:
                self.seconds.setdefault(language, time.monotonic() - self._began)
            if self._live is None and self._told.get(language) != out.state:
                self._console.print(f"{FACTS[language].english_name}: {out.state}", style="dim")
            self._told[language] = out.state
        if self._live is not None:
            self._live.update(Group(*(_line(*item) for item in self._told.items())))

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()


def _line(language: Language, state: State) -> Spinner | Text:
    text = f"{FACTS[language].english_name}: {state}"
    return Spinner("dots", text) if state is State.RUNNING else Text(f"{_MARKS[state]} {text}")
