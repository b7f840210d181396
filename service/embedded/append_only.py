"""Cuts off what a Redis that was killed while it wrote left half written.

What a script writes lies in Redis's log as one transaction, and a Redis that is killed in the
middle of writing leaves the first part of one. The next start skips that part, but cuts the log
only behind its last whole command: whatever is written from then on belongs to the transaction,
and the start after that does half of the script as well. A job then has two ends. (Seen with 6.2
and 7.0; valkey-io/valkey pull request 4342 mends it in Valkey.) Here the log is cut before the
transaction, where the checker that every server carries says that it begins.
"""

import re
import subprocess
from pathlib import Path

_OLD_LOG = "appendonly.aof"
_LOGS = Path("appendonlydir") / "appendonly.aof.manifest"
_LOGS_SINCE = 7
"""Since this version the log is a folder of files and a list of them."""
_VERSION = re.compile(r"\bv=(\d+)")
_ANALYSIS = re.compile(r"AOF analyzed: (?:filename=(.+), )?size=(\d+), ok_up_to=(\d+)")
_HEAD = re.compile(rb"[*$](\d+)\r\n")
_BROKEN_HEAD = re.compile(rb"[*$]\d*\r?")
_LARGEST_BYTES = 64 * 2**20
"""No script writes more at once: what is broken for longer is broken in another way."""
_MULTI, _EXEC = b"*1\r\n$5\r\nMULTI\r\n", b"*1\r\n$4\r\nEXEC\r\n"


def cut_unfinished_transaction(program: Path, folder: Path) -> int:
    """Cut a transaction that does not end off the log in ``folder``; return how many bytes it had.

    ``program`` is the Redis server whose log it is, and not running. Any other damage is left as
    it is: the server then refuses to start, and a person decides what is to be lost.
    """
    place = _end_of_what_is_whole(program, folder)
    if place is None:
        return 0
    log, end = place
    with log.open("r+b") as file:
        file.seek(end)
        rest = file.read()
        if not is_unfinished_transaction(rest):
            return 0
        file.truncate(end)
    return len(rest)


def is_unfinished_transaction(rest: bytes) -> bool:
    """Tell whether these are the first bytes of a transaction, and nothing else."""
    if not rest.startswith(_MULTI):
        return False
    at = 0
    while head := _HEAD.match(rest, at):
        if rest.startswith(_EXEC, at):
            return False
        at = head.end()
        if head[0].startswith(b"$"):
            at += int(head[1]) + len(b"\r\n")
    return at >= len(rest) or _BROKEN_HEAD.fullmatch(rest, at) is not None


def _end_of_what_is_whole(program: Path, folder: Path) -> tuple[Path, int] | None:
    """Return the file that does not end as it should, and where its last whole part ends."""
    log = _log(program, folder)
    if not log.is_file():
        return None
    # The server is its own checker, under another name.
    name = program.name.replace("server", "check-aof")
    found = _ANALYSIS.findall(_output([name, str(log)], program))
    if not found:
        return None
    file, size, end = found[-1]
    if not 0 < int(size) - int(end) <= _LARGEST_BYTES:
        return None
    return log.with_name(Path(file).name or log.name), int(end)


def _log(program: Path, folder: Path) -> Path:
    version = _VERSION.search(_output([str(program), "--version"], program))
    new = version is not None and int(version[1]) >= _LOGS_SINCE
    return folder / _LOGS if new and (folder / _LOGS).is_file() else folder / _OLD_LOG


def _output(command: list[str], program: Path) -> str:
    ran = subprocess.run(command, executable=program, capture_output=True, check=False)
    return ran.stdout.decode(errors="replace")
