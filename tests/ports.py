"""Ports for servers that tests start a while later."""

import itertools
import os

from service.embedded.address import PortTaken, free_port

# Below those that the system gives out (32768 and up on Linux): whoever connects to somewhere, or
# listens on port 0, is given one of them, and could be given a port that a test looked up before.
_FIRST = 12_000
_EACH = 1_000
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_NUMBERS = itertools.count(os.getpid())


def unused_port() -> int:
    """Return a port of loopback that nobody listens on and no other test process is given."""
    for number in itertools.islice(_NUMBERS, _EACH):
        port = _FIRST + _PROCESS * _EACH + number % _EACH
        try:
            return free_port("127.0.0.1", port)
        except PortTaken:
            continue
    raise AssertionError(f"all of the {_EACH} ports from {_FIRST + _PROCESS * _EACH} are taken")
