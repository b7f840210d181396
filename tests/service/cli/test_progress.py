import io

import pytest
from rich.console import Console

from khabar.job import State
from khabar.languages import Language
from service.cli.progress import JobProgress
from tests.service.cli.answers import done, failed, job, running


def shown(*, terminal: bool) -> tuple[str, JobProgress]:
    told = io.StringIO()
    console = Console(file=told, force_terminal=terminal, width=60)
    with JobProgress(console) as progress:
        progress.show(job(en=running(), ru=running()))
        progress.show(job(en=done(), ru=running()))
        progress.show(job(State.DONE, en=done(), ru=failed()))
    return told.getvalue(), progress


def test_away_from_a_terminal_each_change_is_a_line():
    told, _ = shown(terminal=False)
    assert told.splitlines() == [
        "English: running",
        "Russian: running",
        "English: done",
        "Russian: failed",
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_the_time_of_each_language_is_taken(terminal: bool):
    told, progress = shown(terminal=terminal)
    assert "Russian: failed" in told
    assert 0 <= progress.seconds[Language.ENGLISH] <= progress.seconds[Language.RUSSIAN]
