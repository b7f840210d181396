"""The one command of the GPU machine: check the pack, train, keep what may be sent back.

It imports only what such a machine has without this project's runtime: torch, numpy, typer,
sentencepiece, and sacrebleu where it is there. CTranslate2 is not needed: the export is done from
the int8 weights afterwards, on any machine.
"""

import time
from pathlib import Path
from typing import Any

from training.checkpoint import WEIGHTS
from training.config import Config
from training.log import RunLog
from training.pieces import split_files
from training.train import LOG, RESULT, TRANSLATIONS, train
from training.unpacking import unpack

MAX_FILES, MAX_FILE, MAX_TOGETHER = 8, 16 * 2**20, 64 * 2**20
_SENT = (WEIGHTS, LOG, RESULT, TRANSLATIONS)
_RUN = "run"


class TooMuchToSend(ValueError):
    """What came out does not fit the limits for what is sent back."""


def run_on_gpu(
    config: Config, pack: Path, work: Path, out: Path, budget: float, *, go_on: bool = False
) -> dict[str, Any]:
    """Train for what is left of ``budget`` seconds after unpacking, and fill ``out``.

    The whole state stays in ``work`` for a later call on the same machine. Raises PackDamaged,
    and TooMuchToSend with everything still in ``work``.
    """
    started = time.monotonic()
    run = work / _RUN
    run.mkdir(parents=True, exist_ok=True)
    unpacked = unpack(pack)
    RunLog(run / LOG).write("unpacked", seconds=time.monotonic() - started)
    left = budget - (time.monotonic() - started)
    # The weights are sent as soon as they are there, and once more with how good they are.
    result = train(config, unpacked, run, left, go_on=go_on, kept=lambda: send(run, out))
    send(run, out)
    return result


def send(run: Path, out: Path) -> None:
    """Write what the exporting machine needs into ``out``, in pieces. Raises TooMuchToSend."""
    files = split_files([run / name for name in _SENT], out)
    sizes = [path.stat().st_size for path in files]
    if len(files) > MAX_FILES or max(sizes) > MAX_FILE or sum(sizes) > MAX_TOGETHER:
        raise TooMuchToSend(f"{len(files)} files, {sum(sizes)} bytes, the largest {max(sizes)}.")
