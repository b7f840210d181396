"""Where the API listens, and how this machine reaches it."""

import socket

from khabar.errors import KhabarError

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- only compared with.


class PortTaken(KhabarError):
    """Another program listens where the API should."""

    code = "port_taken"


def url_of(host: str, port: int) -> str:
    """Return the URL at which this machine reaches a service that listens on ``host``."""
    reached = _EVERYWHERE.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def free_port(host: str, port: int) -> int:
    """Return ``port``, or a free one for 0. Raises PortTaken if it cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # Connections of a service that has just ended do not keep its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {host}, port {port}: {error.strerror}.",
                field="port",
                given=port,
                hint="Choose another port with --port; 0 takes any free one.",
            ) from error
        return int(probe.getsockname()[1])
