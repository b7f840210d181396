"""Connections that never lead inside: a name is resolved once, and what was checked is dialled.

A client could otherwise have this machine call whatever its network reaches ("SSRF"): by an address
inside, by a name that has one, or by a name whose answer changes between the check and the call.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address

import httpcore2

from khabar.webhooks.addresses import Address, may_reach
from khabar.webhooks.chosen import Network

_ADDRESSES_TRIED = 3
Resolver = Callable[[str], Awaitable[Sequence[Address]]]


class NameUnresolved(Exception):
    """The host has no address."""


class AddressRefused(Exception):
    """The host has an address that may not be reached."""


class SystemResolver:
    """Asks the system, in threads of its own: a slow answer holds up no other question."""

    def __init__(self, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="webhook-resolver")

    async def __call__(self, host: str) -> Sequence[Address]:
        """Return the addresses of a host. Raises NameUnresolved."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _ask_system, host)
        except (OSError, UnicodeError) as error:
            raise NameUnresolved from error
        return list(dict.fromkeys(found))

    def close(self) -> None:
        """Let the threads end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _ask_system(host: str) -> list[Address]:
    return [
        ip_address(str(where[0]))
        for *_, where in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    ]


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Dials for an HTTP client. One forbidden address of a host is enough to refuse the host.

    TLS and the header ``Host`` are the client's business, and keep the name.
    """

    def __init__(
        self,
        resolver: Resolver,
        allowed: Sequence[Network],
        dial: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._resolver = resolver
        self._allowed = allowed
        self._dial = dial or httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is the library's.
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a host. Raises NameUnresolved and AddressRefused."""
        failure: Exception = NameUnresolved()
        for address in (await self._checked(host))[:_ADDRESSES_TRIED]:
            try:
                return await self._dial.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _checked(self, host: str) -> Sequence[Address]:
        literal = _literal(host)
        addresses = [literal] if literal else await self._resolver(host)
        if not all(may_reach(address, self._allowed) for address in addresses):
            raise AddressRefused
        return addresses


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
