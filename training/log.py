"""What a run tells: JSON lines for programs, one line at a time for a person."""

import json
import sys
from pathlib import Path


class RunLog:
    """Appends to a file, and prints the same in short."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, event: str, **facts: object) -> None:
        """Write one event."""
        record = {"event": event, **facts}
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
        shown = " ".join(f"{name}={_short(value)}" for name, value in facts.items())
        print(f"{event}: {shown}", file=sys.stderr, flush=True)  # noqa: T201 - Progress.


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} {_short(one)}" for key, one in value.items()) + "}"
    return str(value)
