"""Names the machine a result comes from."""

import os
import platform
from pathlib import Path

from khabar import __version__


def describe_machine() -> str:
    """Return one line: processor, cores, system, Python and the version of Khabar."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), "")
    return (
        f"{os.cpu_count()} cores of {model or platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, khabar {__version__}"
    )
