"""One request to a real server on loopback."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from khabar.webhooks.callback import Callback
from khabar.webhooks.message import Outcome
from tests.khabar.store.builders import callback_to
from tests.workers.webhooks.endpoint import Endpoint, Handler, Received, status
from workers.webhooks.guarded import GuardedBackend, SystemResolver
from workers.webhooks.post import MOST_BYTES_READ, Answer, Poster

pytestmark = pytest.mark.anyio
LOOPBACK = (ip_network("127.0.0.0/8"),)
BODY = b'{"a":1}'


@pytest.fixture
async def poster() -> AsyncIterator[Poster]:
    resolver = SystemResolver(2)
    poster = Poster(GuardedBackend(resolver, LOOPBACK), 1.5, 4)
    yield poster
    await poster.close()
    resolver.close()


async def post(poster: Poster, url: str) -> Answer:
    return await poster.post(callback_to(url), {"webhook-id": "msg_1"}, BODY)


async def test_what_is_sent_is_what_was_to_be_sent(poster: Poster, endpoint: Endpoint):
    assert await post(poster, endpoint.url("/a%20b?c=d")) == Answer(Outcome.DELIVERED, 204)
    (received,) = endpoint.received
    assert (received.path, received.body) == ("/a%20b?c=d", BODY)
    assert received.headers == {
        "host": f"127.0.0.1:{endpoint.port}",
        "content-length": "7",
        "connection": "close",
        "webhook-id": "msg_1",
    }


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (200, Outcome.DELIVERED),
        (299, Outcome.DELIVERED),
        (301, Outcome.REDIRECTED),
        (304, Outcome.REDIRECTED),
        (400, Outcome.REJECTED),
        (401, Outcome.REJECTED),
        (410, Outcome.GONE),
        (429, Outcome.REJECTED),
        (500, Outcome.SERVER_ERROR),
        (503, Outcome.SERVER_ERROR),
        (799, Outcome.SERVER_ERROR),
    ],
)
async def test_every_status_has_its_outcome(
    poster: Poster, endpoint: Endpoint, code: int, outcome: Outcome
):
    endpoint.answer = status(code, Location=endpoint.url("/elsewhere"))
    assert await post(poster, endpoint.url()) == Answer(outcome, code)
    assert len(endpoint.received) == 1, "a redirect is not followed"


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("999999999", 86_400),
        ("9" * 400, 86_400),
        ("soon", 0),
        ("", 0),
        ("1.5", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
async def test_retry_after_is_read_within_bounds(
    poster: Poster, endpoint: Endpoint, asked: str, seconds: float
):
    endpoint.answer = status(503, Retry_After=asked)
    assert (await post(poster, endpoint.url())).retry_after == seconds


async def test_retry_after_may_be_a_date(poster: Poster, endpoint: Endpoint):
    at = datetime.now(UTC) + timedelta(seconds=100)
    endpoint.answer = status(503, Retry_After=format_datetime(at, usegmt=True))
    assert 95 < (await post(poster, endpoint.url())).retry_after <= 100


async def test_a_body_without_end_is_cut(poster: Poster, endpoint: Endpoint):
    written = []

    def without_end(handler: Handler, _: Received, __: int) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65_536)
            written.append(65_536)

    endpoint.answer = without_end
    began = time.monotonic()
    assert await post(poster, endpoint.url()) == Answer(Outcome.DELIVERED, 200)
    assert time.monotonic() - began < 1
    assert sum(written) < 100 * MOST_BYTES_READ


async def test_headers_without_end_are_cut(poster: Poster, endpoint: Endpoint):
    def without_end(handler: Handler, _: Received, __: int) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            handler.wfile.write(b"x: " + b"y" * 65_536 + b"\r\n")

    endpoint.answer = without_end
    assert (await post(poster, endpoint.url())).outcome is Outcome.ANSWER_UNREADABLE


async def test_silence_ends_after_the_time_for_an_attempt(poster: Poster, endpoint: Endpoint):
    endpoint.answer = lambda *_: time.sleep(3)
    began = time.monotonic()
    assert await post(poster, endpoint.url()) == Answer(Outcome.TIMED_OUT)
    assert 1.4 < time.monotonic() - began < 2.5


async def test_an_answer_drop_by_drop_does_not_take_longer(poster: Poster, endpoint: Endpoint):
    def drop_by_drop(handler: Handler, _: Received, __: int) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.1)

    endpoint.answer = drop_by_drop
    began = time.monotonic()
    assert await post(poster, endpoint.url()) == Answer(Outcome.TIMED_OUT)
    assert time.monotonic() - began < 2.5


async def test_a_body_drop_by_drop_holds_it_up_for_a_moment(poster: Poster, endpoint: Endpoint):
    def drop_by_drop(handler: Handler, _: Received, __: int) -> None:
        handler.send_response(202)
        handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    endpoint.answer = drop_by_drop
    assert await post(poster, endpoint.url()) == Answer(Outcome.DELIVERED, 202)


@contextmanager
def raw(answer: bytes) -> Iterator[int]:
    """Serve one connection with bytes that need not be HTTP.

    The request is read to its end and the other side closes first: to close with bytes unread
    resets the connection, and the answer may then be lost on its way.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            request = b""
            while not request.endswith(BODY) and (more := connection.recv(65_536)):
                request += more
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", Outcome.ANSWER_UNREADABLE),
        (b"", Outcome.ANSWER_UNREADABLE),
        (b"HTTP/1.1 2000 OK\r\n\r\n", Outcome.ANSWER_UNREADABLE),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Outcome.ANSWER_UNREADABLE),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", Outcome.DELIVERED),
    ],
)
async def test_what_is_not_an_answer_has_an_outcome(
    poster: Poster, answer: bytes, outcome: Outcome
):
    with raw(answer) as port:
        assert (await post(poster, f"http://127.0.0.1:{port}/")).outcome is outcome


async def test_nobody_there(poster: Poster):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert await post(poster, f"http://127.0.0.1:{port}/") == Answer(Outcome.CONNECTION_FAILED)


async def test_a_name_without_an_address():
    async def nothing(_: str) -> list:
        return []

    poster = Poster(GuardedBackend(nothing, ()), 1, 1)
    answer = await poster.post(callback_to("https://desk.example/"), {}, b"")
    assert answer == Answer(Outcome.NAME_UNRESOLVED)
    await poster.close()


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for hooks.example, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed (apt-get install openssl)")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"],
            *["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
            *["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=hooks.example"],
            *["-addext", "subjectAltName=DNS:hooks.example"],
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return both


async def post_with_tls(certificate: Path, host: str, *, trusting: bool) -> tuple[Answer, list]:
    asked: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    server.sni_callback = lambda _, name, __: asked.append(name)
    client = ssl.create_default_context(cafile=str(certificate)) if trusting else None

    async def here(_: str) -> list:
        return [ip_address("127.0.0.1")]

    endpoint = Endpoint()
    with endpoint.serving(tls=server):
        poster = Poster(GuardedBackend(here, LOOPBACK), 2, 1, tls=client)
        answer = await poster.post(Callback("https", host, endpoint.port, "/"), {}, b"{}")
        await poster.close()
    hosts = [received.headers["host"].partition(":")[0] for received in endpoint.received]
    return answer, [*asked, *hosts]


# The server's thread prints nothing; a client that hangs up in the handshake is an error to it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_the_certificate_must_be_that_of_the_name(
    certificate: Path, capfd: pytest.CaptureFixture
):
    good = await post_with_tls(certificate, "hooks.example", trusting=True)
    assert good == (Answer(Outcome.DELIVERED, 204), ["hooks.example", "hooks.example"])
    other = await post_with_tls(certificate, "other.example", trusting=True)
    assert other == (Answer(Outcome.CONNECTION_FAILED), ["other.example"])
    unknown = await post_with_tls(certificate, "hooks.example", trusting=False)
    assert unknown == (Answer(Outcome.CONNECTION_FAILED), ["hooks.example"])
    capfd.readouterr()
