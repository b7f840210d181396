"""What a person writes into the settings about webhooks: lists, separated by commas."""

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network
_HIGHEST_PORT = 65_535
_LONGEST_PAUSE_SECONDS = 7 * 86_400


def read_ports(text: str) -> frozenset[int]:
    """Return the ports. Raises ValueError."""
    ports = frozenset(int(part) for part in _parts(text) if part.isdecimal())
    if len(ports) != len(_parts(text)) or not ports or not _are_ports(ports):
        raise ValueError(f"it must list ports from 1 to {_HIGHEST_PORT}, such as 443,8443")
    return ports


def _are_ports(ports: frozenset[int]) -> bool:
    return all(1 <= port <= _HIGHEST_PORT for port in ports)


def read_networks(text: str | None) -> tuple[Network, ...]:
    """Return the networks. Raises ValueError."""
    try:
        return tuple(ip_network(part) for part in _parts(text or ""))
    except ValueError as error:
        raise ValueError(
            f"it must list networks, such as 10.1.0.0/16,fd12::/64 ({error})"
        ) from error


def read_schedule(text: str) -> tuple[float, ...]:
    """Return the pauses between attempts, in seconds. Raises ValueError."""
    try:
        pauses = tuple(float(part) for part in _parts(text))
    except ValueError:
        pauses = ()
    if not pauses or not all(0 <= pause <= _LONGEST_PAUSE_SECONDS for pause in pauses):
        raise ValueError(
            f"it must list the seconds between attempts, from 0 to {_LONGEST_PAUSE_SECONDS}, such "
            "as 5,300"
        )
    return pauses


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
