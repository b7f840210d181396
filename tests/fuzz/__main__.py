"""Fuzz one of the targets with atheris: ``python -m tests.fuzz TARGET SECONDS``.

What it finds is written to ``crash-*`` and ``slow-unit-*`` in the folder it was started in; such a
file belongs into ``tests/fuzz/corpus`` once the mistake is mended.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["khabar.article", "khabar.canonical", "khabar.markup", "workers.text"]
):
    from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
_MOST_BYTES = 16_384
_SLOW_SECONDS = 5


def main() -> None:
    """Run until the seconds are over or something is found."""
    name, seconds = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="khabar-fuzz-") as found:
        arguments = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-max_len={_MOST_BYTES}",
            f"-timeout={_SLOW_SECONDS}",
            "-len_control=20",
            "-print_final_stats=1",
            # New inputs go to the first folder, so the seeds stay as they are.
            found,
            str(CORPUS / name),
        ]
        atheris.Setup(arguments, TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
