import io

from rich.console import Console

from workers.models.progress import DownloadProgress


def shown(*, terminal: bool, present: int = 0) -> str:
    screen = io.StringIO()
    progress = DownloadProgress(Console(file=screen, force_terminal=terminal, width=100))
    with progress.download("desk/en-ru@0123", 4_000_000, present) as advance:
        advance(4_000_000 - present)
    return screen.getvalue()


def test_a_terminal_gets_a_bar():
    assert "desk/en-ru@0123" in shown(terminal=True)
    assert "4.0/4.0 MB" in shown(terminal=True, present=1_000_000)


def test_a_file_gets_a_line_that_tells_what_is_there():
    assert shown(terminal=False) == "Downloading desk/en-ru@0123, 4.0 MB\n"
    assert "1.0 MB of it there already" in shown(terminal=False, present=1_000_000)
