"""Requests that were good once, with some of their bytes changed; the same for the same seed."""

import json
import random
from collections.abc import Iterator

from tests.hostile.attacks import JSON, NDJSON, get, post, said
from tests.service.articles import RUSSIAN_TEXT

_HASH = b"0" * 64
_GOOD = (
    post(said()),
    post(
        said(text=RUSSIAN_TEXT, language="ru", languages=["ar"], priority="urgent", length="long")
    ),
    post(
        json.dumps({"html": "<p>A port &amp; <b>its</b> ships.</p>" * 5, "language": "en"}).encode()
    ),
    post(said(), headers=JSON + b"Idempotency-Key: k1\r\nPrefer: wait=0\r\n"),
    post(b"[" + said() + b"," + said(text="") + b"]", b"/v1/jobs/batch"),
    post(said() + b"\n" + said(length="headline") + b"\n", b"/v1/jobs/batch", NDJSON),
    post(said(), b"/v1/summaries/lookup"),
    get(
        b"/v1/summaries/" + _HASH + b"?length=long&recipe=builtin", b'If-None-Match: "a", W/"b"\r\n'
    ),
    get(b"/v1/summaries/" + _HASH + b"/ar"),
    get(b"/v1/jobs/" + _HASH[:32]),
    get(b"/v1/jobs/" + _HASH[:32] + b"/events", b"Last-Event-ID: 1-1\r\n"),
    b"DELETE" + get(b"/v1/jobs/" + _HASH[:32])[3:],
    get(b"/desk/desk.js", b"Accept-Encoding: gzip\r\nRange: bytes=0-5\r\n"),
    get(b"/readyz"),
)
_ODD = (
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b"\r\n\r\n",
    b" ",
    b"\t",
    b"%",
    b"%00",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"-",
    b"9" * 400,
    b"e999",
    b"NaN",
    b"null",
    b"..",
    b"/",
    b"?",
    b"&",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 5\r\n",
    b"Expect: 100-continue\r\n",
    b"Connection: close\r\n",
)


def mutants(seed: int) -> Iterator[bytes]:
    """Yield changed requests without end. None is longer than a few kilobytes."""
    chance = random.Random(seed)
    while True:
        content = bytearray(chance.choice(_GOOD))
        for _ in range(chance.choice((1, 1, 2, 3, 8))):
            _change(content, chance)
        yield _measured(bytes(content), chance)


def _change(content: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(content) + 1)
    until = at + chance.choice((0, 1, 1, 2, 8, 40))
    content[at:until] = chance.choice(
        (
            chance.choice(_ODD),
            chance.randbytes(chance.randrange(4)),
            b"",
            bytes(content[at:until]) * 2,
            bytes(chance.choice(_GOOD)[at:until]),
        )
    )
    if not content:
        content += b" "


def _measured(content: bytes, chance: random.Random) -> bytes:
    """Mend the length most of the time, lest the parser alone be tried."""
    head, mark, body = content.partition(b"\r\n\r\n")
    if not mark or chance.random() < 0.1:
        return content
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + mark + body
