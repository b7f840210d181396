"""No hostile URL leads to a connection; what is checked is what is dialled."""

import errno
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from pathlib import Path

import httpcore2
import pytest

from khabar.errors import CallbackRefused
from khabar.settings import Settings
from khabar.webhooks.addresses import Address
from khabar.webhooks.callback import Callback
from khabar.webhooks.message import Outcome
from khabar.webhooks.policy import Policy
from tests.khabar.webhooks.hostile import ANSWERS, AT_SENDING, AT_SUBMIT
from workers.webhooks.guarded import (
    AddressRefused,
    GuardedBackend,
    NameUnresolved,
    SystemResolver,
)
from workers.webhooks.post import Answer, Poster

pytestmark = pytest.mark.anyio
PUBLIC = "93.184.216.34"


class FakeDns:
    """Answers from a table, each time with the next list; the last one stays."""

    def __init__(self, answers: dict[str, tuple[tuple[str, ...], ...]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[Address]:
        self.asked.append(host)
        if host not in self._answers:
            raise NameUnresolved
        lists = self._answers[host]
        number = min(self.asked.count(host), len(lists)) - 1
        return [ip_address(text) for text in lists[number]]


class Dial(httpcore2.AsyncNetworkBackend):
    """Notes whom it is to connect to and sends nothing anywhere, except to a trap."""

    def __init__(self, failing: Iterable[str] = ()) -> None:
        self.dialled: list[tuple[str, int]] = []
        self._failing = set(failing)

    async def connect_tcp(self, host, port, *_: object, **__: object):
        self.dialled.append((host, port))
        if host in self._failing:
            raise httpcore2.ConnectError
        return httpcore2.AsyncMockStream([b"HTTP/1.1 204 No Content\r\n\r\n"])


async def post(url: str, dns: FakeDns, dial: Dial, policy: Policy) -> Answer:
    """Send as the sender does, with everything real but the network."""
    poster = Poster(GuardedBackend(dns, policy.networks, dial), 2, 4)
    try:
        return await poster.post(Callback.parse(url, policy), {}, b"{}")
    except CallbackRefused:
        return Answer(Outcome.CALLBACK_REFUSED)
    finally:
        await poster.close()


STRICT = Policy.of(Settings())


@pytest.mark.parametrize("url", AT_SUBMIT + AT_SENDING)
async def test_a_hostile_url_makes_no_connection(url: str):
    dns, dial = FakeDns(ANSWERS), Dial()
    answer = await post(url, dns, dial, STRICT)
    assert answer.status is None
    assert dial.dialled == []
    assert url in AT_SENDING or dns.asked == []


async def test_the_corpus_is_as_large_as_it_should_be():
    assert len(set(AT_SUBMIT)) == len(AT_SUBMIT)
    assert len(AT_SUBMIT) + len(AT_SENDING) > 100


async def test_a_name_is_asked_for_once_and_what_was_checked_is_dialled():
    dns = FakeDns({"desk.example": ((PUBLIC,), ("127.0.0.1",))})
    dial = Dial()
    answer = await post("https://desk.example:80/", dns, dial, STRICT)
    # The first answer is dialled. Without TLS at the other end nothing comes of it, and it is not
    # tried again by name.
    assert answer.outcome is not Outcome.ADDRESS_REFUSED
    assert (dns.asked, dial.dialled) == (["desk.example"], [(PUBLIC, 80)])
    assert (await post("https://desk.example:80/", dns, dial, STRICT)).outcome is (
        Outcome.ADDRESS_REFUSED
    )
    assert len(dial.dialled) == 1


async def test_a_redirect_is_not_followed():
    class Redirecting(Dial):
        async def connect_tcp(self, *arguments, **named):
            await super().connect_tcp(*arguments, **named)
            return httpcore2.AsyncMockStream(
                [b"HTTP/1.1 307 X\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n"]
            )

    dial = Redirecting()
    policy = Policy(plain_http=True, ports=frozenset({80}), networks=())
    dns = FakeDns({"desk.example": ((PUBLIC,),)})
    answer = await post("http://desk.example/", dns, dial, policy)
    assert answer == Answer(Outcome.REDIRECTED, 307)
    assert dial.dialled == [(PUBLIC, 80)]


async def test_another_address_of_the_host_is_tried_where_the_first_does_not_answer():
    dns = FakeDns({"desk.example": (("2a00:1450::1", PUBLIC),)})
    backend = GuardedBackend(dns, (), dial := Dial(failing=["2a00:1450::1"]))
    await backend.connect_tcp("desk.example", 443)
    assert dial.dialled == [("2a00:1450::1", 443), (PUBLIC, 443)]


async def test_an_address_without_a_name_is_checked_too():
    backend = GuardedBackend(FakeDns({}), (), dial := Dial())
    for host in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        with pytest.raises(AddressRefused):
            await backend.connect_tcp(host, 443)
    assert dial.dialled == []


async def test_a_network_that_is_listed_is_dialled():
    backend = GuardedBackend(FakeDns({}), (ip_network("10.1.0.0/16"),), dial := Dial())
    await backend.connect_tcp("10.1.2.3", 443)
    with pytest.raises(AddressRefused):
        await backend.connect_tcp("10.2.2.3", 443)
    assert dial.dialled == [("10.1.2.3", 443)]


async def test_the_environment_cannot_send_it_through_a_proxy(monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    dial = Dial()
    policy = Policy(plain_http=True, ports=frozenset({80}), networks=())
    dns = FakeDns({"desk.example": ((PUBLIC,),)})
    assert (await post("http://desk.example/", dns, dial, policy)).status == 204
    assert dial.dialled == [(PUBLIC, 80)]


class Trap:
    """Listens on a port of the loopbacks that there are; counts who comes."""

    def __init__(self) -> None:
        self.port = 0
        self.caught = 0
        self._sockets: list[socket.socket] = []

    @contextmanager
    def set(self) -> Iterator[None]:
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            listener = socket.socket(family)
            try:
                listener.bind((host, self.port))
            except OSError as error:
                listener.close()
                # A machine may have no such address; then nobody can come by way of it.
                if (family, error.errno) != (socket.AF_INET6, errno.EADDRNOTAVAIL):
                    raise
                continue
            self.port = listener.getsockname()[1]
            listener.listen(64)
            self._sockets.append(listener)
            threading.Thread(target=self._catch, args=(listener,), daemon=True).start()
        try:
            yield
        finally:
            for listener in self._sockets:
                listener.shutdown(socket.SHUT_RDWR)
                listener.close()

    def _catch(self, listener: socket.socket) -> None:
        while True:
            try:
                caught, _ = listener.accept()
            except OSError:
                return
            self.caught += 1
            caught.close()


async def test_with_the_real_resolver_and_network_nothing_reaches_a_trap_on_loopback():
    trap = Trap()
    resolver = SystemResolver(4)
    with trap.set():
        # Any port and no TLS: only the addresses stand between these URLs and the trap.
        policy = Policy(plain_http=True, ports=frozenset({trap.port}), networks=())
        poster = Poster(GuardedBackend(resolver, policy.networks), 2, 4)
        for host in ("localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"):  # noqa: S104
            answer = await poster.post(Callback("http", host, trap.port, "/"), {}, b"{}")
            assert answer.outcome is Outcome.ADDRESS_REFUSED
        assert trap.caught == 0
        # The trap works: with the loopback listed it is reached.
        backend = GuardedBackend(resolver, (ip_network("127.0.0.0/8"), ip_network("::1")))
        open_poster = Poster(backend, 2, 4)
        await open_poster.post(Callback("http", "localhost", trap.port, "/"), {}, b"{}")
        assert trap.caught >= 1
        await poster.close()
        await open_poster.close()
    resolver.close()


async def test_the_system_says_that_a_name_has_no_address():
    resolver = SystemResolver(1)
    with pytest.raises(NameUnresolved):
        await resolver("a..example")
    resolver.close()


NAMESPACE = """
ip link set lo up
ip route add local default dev lo
ip -6 route add local default dev lo
"""


def test_where_every_address_leads_to_a_trap_no_hostile_url_reaches_it():
    """In a network of its own, where all addresses are this machine's: nothing leaves it."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        pytest.skip("unshare or ip is not installed (util-linux, iproute2)")
    probe = subprocess.run(
        ["unshare", "--net", "sh", "-ec", NAMESPACE], capture_output=True, text=True, check=False
    )
    if probe.returncode:
        pytest.skip(f"no network namespace can be made here: {probe.stderr.strip()}")
    inside = Path(__file__).parent / "inside_a_network_of_its_own.py"
    script = f'{NAMESPACE}\nexec "$0" -P "$1"'
    done = subprocess.run(
        ["unshare", "--net", "sh", "-ec", script, sys.executable, inside],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "caught 0 of " in done.stdout
    assert "reached the public address" in done.stdout
