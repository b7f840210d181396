"""Which addresses a message may be sent to: public ones, and networks that a setting lists.

``ipaddress.is_global`` alone does not do: in Python 3.11 it holds for multicast, for 6to4 and NAT64
addresses with a private address inside, and for ranges that were set aside later. Of IPv6 only what
is routed as unicast today is allowed, less what is set aside there. Sources: the special-purpose
address registries of IANA (RFC 6890), RFC 4291, 6052, 5214 and 8215.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network

from khabar.webhooks.chosen import Network

Address = IPv4Address | IPv6Address

_NOT_FOR_US_4: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # This network: Linux takes 0.0.0.0 for the machine itself.
        "10.0.0.0/8",
        "100.64.0.0/10",  # Shared with a provider's own network (CGNAT).
        "127.0.0.0/8",
        "169.254.0.0/16",  # Link-local, with the metadata services of clouds.
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays.
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # Multicast.
        "240.0.0.0/4",
    )
)
_ROUTED_6 = IPv6Network("2000::/3")
_NOT_FOR_US_6: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "2001::/23",  # Teredo, ORCHID, benchmarks and other protocols.
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside.
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The second half of an ISATAP address starts so, and ends in an IPv4 address (RFC 5214)."""


def may_reach(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether a message may be sent to this address."""
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv4Address):
        return _is_public_4(address)
    if address in _NAT64:
        return _is_public_4(IPv4Address(address.packed[-4:]))
    return (
        address.scope_id is None
        and address in _ROUTED_6
        and address.is_global
        and not any(address in network for network in _NOT_FOR_US_6)
        and int.from_bytes(address.packed[8:12], "big") not in _ISATAP
    )


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in _NOT_FOR_US_4)
