"""What is sent to the service to hurt it: bytes on a socket, and what may be answered."""

import functools
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.service.articles import TEXT, article

MEBIBYTE = 1024 * 1024
HOST = b"Host: 127.0.0.1\r\n"
JSON = b"Content-Type: application/json\r\n"
NDJSON = b"Content-Type: application/x-ndjson\r\n"
TAKEN = frozenset({200, 202, 429})
"""A job was taken, or would have been if the queue were not full."""
NO_ANSWER = 0
"""The connection was closed without one."""


@dataclass(frozen=True)
class Attack:
    """One request, or something that only looks like one."""

    name: str
    pieces: Callable[[], Iterable[bytes]]
    answers: frozenset[int]
    heavy: bool = False
    """Takes long or much, and is sent seldom in a campaign."""


def _shown(given: bytes) -> str:
    short = given.replace(b"0" * 64, b"HASH")
    return f"{short[:60]!r}" + (f" of {len(given)} bytes" if len(short) > 60 else "")


def _attack(name: str, content: bytes, *answers: int, heavy: bool = False) -> Attack:
    return Attack(name, lambda: [content], frozenset(answers), heavy)


def get(target: bytes, headers: bytes = b"") -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + headers + b"\r\n"


def post(body: bytes, path: bytes = b"/v1/jobs", headers: bytes = JSON) -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + headers + length + b"\r\n" + body


def raw(head: bytes, body: bytes = b"") -> bytes:
    return head + b"\r\n" + body


def said(**changes: object) -> bytes:
    """An article as JSON, with some of its fields changed."""
    return json.dumps(article(**changes)).encode()


def written(text: str) -> bytes:
    """An article whose ``text`` is written into the JSON as it stands."""
    return b'{"language": "en", "text": "' + text.encode("utf-8", "surrogatepass") + b'"}'


def _chunked(
    parts: Iterable[bytes], path: bytes = b"/v1/jobs", headers: bytes = JSON
) -> Iterator[bytes]:
    yield (
        b"POST " + path + b" HTTP/1.1\r\n" + HOST + headers + b"Transfer-Encoding: chunked\r\n\r\n"
    )
    for part in parts:
        yield b"%x\r\n" % len(part) + part + b"\r\n"
    yield b"0\r\n\r\n"


def _json_attacks() -> Iterator[Attack]:
    deep = 100_000
    job = json.loads(said())
    bodies: dict[str, tuple[bytes, set[int]]] = {
        "lone surrogate, escaped": (written(TEXT.split("\n")[0] + r"\ud800"), {422}),
        "lone surrogate, low, escaped": (written(r"\udfff " * 40), {422}),
        "lone surrogate, raw": (written("\ud800" * 40), {422}),
        "lone surrogate in the headline": (b'{"text": "a b c", "headline": "\\ud800"}', {422}),
        "lone surrogate in the guid": (b'{"text": "a b c", "guid": "\\ud800"}', {422}),
        "lone surrogate in the url": (b'{"text": "a b c", "url": "http://a/\\ud800"}', {422}),
        "lone surrogate in the recipe": (b'{"text": "a b c", "recipe": "\\ud800"}', {422}),
        "lone surrogate in a field's name": (b'{"text": "a b c", "\\ud800": 1}', {422}),
        "lone surrogate as a language": (b'{"text": "a b c", "languages": ["\\ud800"]}', {422}),
        "NaN": (b'{"text": NaN}', {422}),
        "Infinity": (b'{"text": "a", "version": Infinity}', {422}),
        "minus infinity as the whole": (b"-Infinity", {422}),
        "array 100,000 deep": (b"[" * deep + b"]" * deep, {400}),
        "array 100,000 deep, not closed": (b"[" * deep, {400}),
        "object 100,000 deep": (b'{"a":' * deep + b"1" + b"}" * deep, {400}),
        "array 900 deep": (b'{"text":' + b"[" * 900 + b"]" * 900 + b"}", {422}),
        "integer of 5,000 digits": (b'{"text": ' + b"9" * 5_000 + b"}", {400, 422}),
        "integer of 5,000 digits as a date": (b'{"published_at": ' + b"9" * 4_000 + b"}", {422}),
        "a float with an exponent of nines": (b'{"published_at": 1e999999}', {422}),
        "date in the year 99999": (said(published_at="99999-01-01T00:00:00Z"), {422}),
        "date of a large number": (said(published_at=1e300), {422}),
        "date of a negative number": (said(published_at=-1e15), {422}),
        "date in the year one, east of it": (
            said(published_at="0001-01-01T00:00:00+14:00"),
            TAKEN | {422},
        ),
        "invalid UTF-8": (b'{"text": "\xff\xfe\xc3\x28"}', {400}),
        "UTF-8, overlong": (b'{"text": "\xc0\xaf\xe0\x80\xaf"}', {400}),
        "UTF-16": (said().decode().encode("utf-16"), TAKEN | {400}),
        "UTF-16 without its mark": (said().decode().encode("utf-16-le"), TAKEN | {400}),
        "UTF-32": (said().decode().encode("utf-32"), TAKEN | {400}),
        "UTF-8 with a byte-order mark": (b"\xef\xbb\xbf" + said(), TAKEN | {400}),
        "duplicate keys": (b'{"text": "a", "text": ' + json.dumps(TEXT).encode() + b"}", TAKEN),
        "nothing": (b"", {422}),
        "white space": (b" " * 1000, {400}),
        "null": (b"null", {422}),
        "a string": (b'"article"', {422}),
        "a number": (b"1", {422}),
        "an array of articles": (b"[" + said() + b"]", {422}),
        "NUL bytes": (b"\0" * 100, {400}),
        "NUL in a string": (b'{"text": "a\0b"}', {400}),
        "NUL escaped": (written(TEXT.split("\n")[0] + r"\u0000"), TAKEN),
        "NUL in the recipe": (said(recipe="\0"), {422}),
        "bidi overrides": (written("\u202e\u2066\u202d" + TEXT.split("\n")[0]), TAKEN),
        "nothing but bidi overrides": (written("\u202e" * 1000), {422}),
        "path as a recipe": (said(recipe="../../../../etc/passwd"), {422}),
        "script in the recipe": (said(recipe="'); redis.call('FLUSHALL')"), {422}),
        "empty text": (said(text=""), {422}),
        "one word": (said(text="Port"), {422}),
        "one word, of a language": (said(text="Port", language="en"), TAKEN),
        "a million dots": (said(text="." * 1_000_000), {422}),
        "a million dots and a letter": (said(text="." * 999_999 + "a", language="en"), TAKEN),
        "a million open quotes": (said(text='"' * 999_000 + TEXT, language="en"), TAKEN),
        "a million combining marks": (
            said(text="a" + "\u0301\u0323" * 260_000, language="en"),
            TAKEN,
        ),
        "a million line breaks": (said(text="a\n" * 500_000, language="en"), TAKEN | {400}),
        "one line over the limit": (said(text="a" * (MEBIBYTE + 1), language="en"), {413}),
        "body over the limit": (b" " * (4 * MEBIBYTE + 1), {413}),
        "text and html": (said(html="<p>a"), {422}),
        "neither text nor html": (b"{}", {422}),
        "100,000 unknown fields": (
            b"{" + b",".join(b'"k%d":1' % n for n in range(100_000)) + b"}",
            {422},
        ),
        "field with a name of 1 MB": (b'{"' + b"k" * 1_000_000 + b'": 1}', {422}),
        "a million languages": (b'{"languages": [' + b'"",' * 999_999 + b'""]}', {400}),
        "100,000 languages": (b'{"languages": [' + b'"xx",' * 99_999 + b'"xx"]}', {422}),
        "the same language 30 times": (said(languages=["en"] * 30), {422}),
        "a million empty arrays": (b'{"text": [' + b"[]," * 1_300_000 + b"[]]}", {400}),
        "an URL of 1 MB": (said(url="http://a/" + "b" * 1_000_000), {422}),
        "an URL that is none": (said(url="javascript:alert(1)"), {422}),
        "an URL with a password": (said(url="http://a:b@c:99999/"), {422}),
        "a headline of 1 MB": (said(headline="h" * 1_000_000), {422}),
        "types crossed": (said(text=1, html=[], headline={}, language=True), {422}),
        "prototype pollution": (said(__proto__={"text": "a"}), {422}),
    }
    assert job
    for name, (body, answers) in bodies.items():
        yield _attack(f"job: {name}", post(body), *answers, heavy=len(body) > 300_000)
        lookups = {404 if answer in TAKEN else answer for answer in answers}
        yield _attack(
            f"lookup: {name}",
            post(body, b"/v1/summaries/lookup"),
            *lookups,
            200,
            422,
            heavy=len(body) > 300_000,
        )


def _html_attacks() -> Iterator[Attack]:
    words = TEXT.replace("\n", " ")
    pages = {
        "deep nesting": "<div>" * 150_000 + words,
        "deep nesting, inline": "<b>" * 300_000 + words,
        "end tags without a beginning": words + "</p>" * 200_000,
        "misnested": "<b><i></b></i>" * 70_000 + words,
        "a million attributes": "<p " + "a " * 480_000 + ">" + words,
        "an attribute of 1 MB": '<p a="' + "x" * 1_000_000 + '">' + words,
        "named entities": "&lt;" * 250_000 + words,
        "entities without an end": "&amp" * 250_000 + words,
        "numeric entities out of range": "&#99999999999;" * 70_000 + words,
        "surrogate entities": "&#xD800;" * 100_000 + words,
        "entity bomb": '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">'
        '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]><p>&d;&d;' + words,
        "external entity": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><p>&b;' + words,
        "a comment of 1 MB": "<!--" + "-" * 1_000_000 + "-->" + words,
        "a comment without an end": words + "<!--" + "x" * 1_000_000,
        "many comments": "<!---->" * 140_000 + words,
        "a million opening brackets": "<" * 1_000_000 + words,
        "a million closing brackets": ">" * 1_000_000 + words,
        "tags of one letter": "<a" * 500_000 + words,
        "script without an end": words + "<script>" + "x" * 1_000_000,
        "CDATA": words + "<![CDATA[" * 100_000,
        "processing instructions": words + "<?x " * 250_000,
        "tables in tables": "<table><tr><td>" * 65_000 + words,
        "forms in selects": "<select><option><form>" * 45_000 + words,
        "SVG and MathML": "<svg><math><foreignObject>" * 38_000 + words,
        "NUL bytes": "<p>\0" * 200_000 + words,
        "empty": "",
        "nothing but tags": "<p></p>" * 1000,
    }
    for name, html in pages.items():
        answers = TAKEN | {400, 422}
        for language in ("en", None):
            body = json.dumps({"html": html, "language": language}).encode()
            yield _attack(
                f"html: {name}, language {language}",
                post(body),
                *answers,
                heavy=len(body) > 300_000,
            )


def _batch_attacks() -> Iterator[Attack]:
    path = b"/v1/jobs/batch"
    bodies: dict[str, tuple[bytes, bytes, set[int]]] = {
        "one line of 10 MB": (NDJSON, b'{"text": "' + b"a" * 10_000_000 + b'"}\n', {200}),
        "one line of 10 MB, broken": (NDJSON, b'"' * 10_000_000, {200}),
        "lines of nothing": (NDJSON, b"\n" * 100_000, {200}),
        "lines of junk": (NDJSON, b"\xff\0{\n" * 1_001, {413}),
        "lines too many": (NDJSON, b"{}\n" * 1_001, {413}),
        "lines of scalars": (NDJSON, b'1\nnull\n"a"\n[]\nNaN\n-Infinity\n' + b"9" * 5_000, {200}),
        "a line 100,000 deep": (NDJSON, b"[" * 100_000 + b"\n{}\n", {200}),
        "lone surrogates": (NDJSON, b'{"text": "\\ud800"}\n{"\\udfff": 1}\n', {200}),
        "lines ended by CR": (NDJSON, said() + b"\r" + said() + b"\r", {200}),
        "UTF-16": (NDJSON, said().decode().encode("utf-16"), {200}),
        "array 100,000 deep": (JSON, b"[" * 100_000, {400}),
        "array of scalars": (JSON, b'[1, null, "a", [], NaN]', {200, 400}),
        "array too long": (JSON, b"[" + b"{}," * 1_000 + b"{}]", {413}),
        "array of many arrays": (JSON, b"[" + b"[]," * 2_000_000 + b"[]]", {400}),
        "an object": (JSON, b"{}", {400}),
        "nothing": (JSON, b"", {400, 422}),
        "invalid UTF-8": (JSON, b'["\xff"]', {400}),
        "lone surrogate": (JSON, b'[{"text": "\\ud800"}, {"\\ud800": 1}]', {200}),
        "integer of 5,000 digits": (JSON, b"[" + b"9" * 5_000 + b"]", {200, 400}),
        "many unknown fields": (
            JSON,
            b"[{" + b",".join(b'"k%d":1' % n for n in range(50_000)) + b"}]",
            {200},
        ),
        "declared too large": (JSON + b"X: y\r\n", b"", {400, 422}),
    }
    for name, (kind, body, answers) in bodies.items():
        yield _attack(f"batch: {name}", post(body, path, kind), *answers, heavy=len(body) > 300_000)


def _large_bodies() -> Iterator[Attack]:
    megabyte = b" " * MEBIBYTE

    def flood(path: bytes, kind: bytes) -> Callable[[], Iterable[bytes]]:
        return lambda: _chunked((megabyte for _ in range(200)), path, kind)

    refused = frozenset({413})
    yield Attack("200 MB in chunks", flood(b"/v1/jobs", JSON), refused, heavy=True)
    yield Attack(
        "200 MB in chunks to lookup", flood(b"/v1/summaries/lookup", JSON), refused, heavy=True
    )
    yield Attack(
        "200 MB in chunks to the batch", flood(b"/v1/jobs/batch", NDJSON), refused, heavy=True
    )
    yield Attack(
        "200 MB in chunks to nothing", flood(b"/nothing", JSON), frozenset({404, 413}), heavy=True
    )
    yield Attack(
        "chunks of one byte", lambda: _chunked([b" "] * 50_000), frozenset({400}), heavy=True
    )
    yield Attack(
        "zeros before the size of a chunk",
        lambda: [*_head_chunked(), b"0" * 100_000 + b"1\r\n \r\n0\r\n\r\n"],
        frozenset({400}),
    )
    yield Attack(
        "a chunk's extension of 1 MB",
        lambda: [*_head_chunked(), b"1;" + b"x" * 1_000_000 + b"\r\n \r\n0\r\n\r\n"],
        frozenset({400}),
        heavy=True,
    )
    yield Attack(
        "trailers of 10 MB",
        lambda: [
            *_head_chunked(),
            b"1\r\n \r\n0\r\n",
            *[b"X-T: " + b"t" * 1000 + b"\r\n"] * 10_000,
            b"\r\n",
        ],
        frozenset({400}),
        heavy=True,
    )
    yield Attack(
        "a chunk of a size that is none",
        lambda: [*_head_chunked(), b"zz\r\nabc\r\n"],
        frozenset({400}),
    )
    yield Attack(
        "a chunk of 2^64 bytes",
        lambda: [*_head_chunked(), b"FFFFFFFFFFFFFFFFF\r\nabc\r\n"],
        frozenset({400}),
    )


def _head_chunked() -> list[bytes]:
    return [b"POST /v1/jobs HTTP/1.1\r\n" + HOST + JSON + b"Transfer-Encoding: chunked\r\n\r\n"]


def _framing() -> Iterator[Attack]:
    line = b"POST /v1/jobs HTTP/1.1\r\n" + HOST + JSON
    body = said()
    length = b"Content-Length: %d\r\n" % len(body)
    plain = {
        "CL and TE": (raw(line + length + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"), {400}),
        "TE and CL": (
            raw(line + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", b"0\r\n\r\n"),
            {400},
        ),
        "two lengths": (raw(line + length + b"Content-Length: 1\r\n", body), {400}),
        "two equal lengths": (raw(line + length + length, body), {400} | TAKEN),
        "a list of lengths": (raw(line + b"Content-Length: 1, 1\r\n", b"a"), {400}),
        "a negative length": (raw(line + b"Content-Length: -1\r\n"), {400}),
        "a length with a sign": (raw(line + b"Content-Length: +10\r\n", b" " * 10), {400}),
        "a length in hexadecimal": (raw(line + b"Content-Length: 0x10\r\n", b" " * 16), {400}),
        "a length that is no number": (
            raw(line + "Content-Length: ²\r\n".encode("latin-1")),
            {400},
        ),
        "a length of 5,000 digits": (
            raw(line + b"Content-Length: " + b"9" * 5_000 + b"\r\n"),
            {400},
        ),
        "a length of 2^64": (raw(line + b"Content-Length: 18446744073709551616\r\n"), {400}),
        "a length of 10 TB": (raw(line + b"Content-Length: 10000000000000\r\n"), {413}),
        "TE of two codings": (
            raw(line + b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
            {400, 415, 422},
        ),
        "TE obscured": (
            raw(line + b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
            {400, 408, 422},
        ),
        "TE with a tab": (raw(line + b"Transfer-Encoding:\tchunked\r\n", b"0\r\n\r\n"), {400, 422}),
        "TE with a space before the colon": (
            raw(line + b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
            {400},
        ),
        "TE in HTTP/1.0": (
            b"POST /v1/jobs HTTP/1.0\r\n"
            + HOST
            + JSON
            + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            {400, 422},
        ),
        "obsolete folding": (raw(line + b"X-A: a\r\n b\r\n" + length, body), {400} | TAKEN),
        "a header without a colon": (raw(line + b"nonsense\r\n" + length, body), {400}),
        "a header without a name": (raw(line + b": a\r\n" + length, body), {400}),
        "a header with NUL": (raw(line + b"X-A: a\0b\r\n" + length, body), {400}),
        "a header name in UTF-8": (raw(line + "Ключ: a\r\n".encode() + length, body), {400}),
        "a header value in UTF-8": (raw(line + "X-A: значение\r\n".encode() + length, body), TAKEN),
        "bare LF": (b"GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n", {200, 400}),
        "bare CR": (b"GET /healthz HTTP/1.1\rHost: 127.0.0.1\r\r", {400, NO_ANSWER}),
        "a request in a body": (post(get(b"/healthz")), {400}),
        "no host": (b"GET /v1/languages HTTP/1.1\r\n\r\n", {400, 401}),
        "two hosts": (get(b"/v1/languages", b"Host: evil.example\r\n"), {200, 400, 401}),
        "another host": (b"GET /v1/languages HTTP/1.1\r\nHost: evil.example\r\n\r\n", {401}),
        "HTTP/0.9": (b"GET /healthz\r\n", {400, NO_ANSWER}),
        "HTTP/0.9 with a version": (b"GET /healthz HTTP/0.9\r\n\r\n", {200, 400, 401}),
        "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
        "HTTP/3.7": (b"GET /healthz HTTP/3.7\r\n\r\n", {400}),
        "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), {400}),
        "SSH": (b"SSH-2.0-OpenSSH_9.6\r\n", {400}),
        "Redis protocol": (b"*1\r\n$8\r\nFLUSHALL\r\n", {400}),
        "zeros": (bytes(10_000), {400}),
        "white space": (b"\r\n" * 1000, {NO_ANSWER}),
        "a method that is none": (b"BREW /v1/jobs HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
        "a method in small letters": (b"get /healthz HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
        "a method of 1 MB": (b"G" * 1_000_000 + b" / HTTP/1.1\r\n\r\n", {400}),
        "TRACE": (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", {405}),
        "CONNECT": (b"CONNECT 127.0.0.1:6379 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
        "OPTIONS *": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
        "upgrade to a WebSocket": (
            get(
                b"/",
                b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n",
            ),
            {200},
        ),
        "upgrade to HTTP/2": (
            get(
                b"/healthz",
                b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n",
            ),
            {200},
        ),
        "pipelined": (get(b"/healthz") * 200, {200}),
        "pipelined, the second broken": (get(b"/healthz") + b"\0\0\0", {200, 400}),
        "an expectation that is none": (
            raw(line + length + b"Expect: 200-ok\r\n", body),
            TAKEN | {417},
        ),
        "an expectation, then too much": (
            raw(line + b"Content-Length: 99999999\r\nExpect: 100-continue\r\n"),
            {413},
        ),
        "headers of 1 MB": (get(b"/healthz", b"X-A: " + b"a" * 1_000_000 + b"\r\n"), {431}),
        "headers of 100 KB": (get(b"/healthz", b"X-A: " + b"a" * 100_000 + b"\r\n"), {431}),
        "10,000 headers": (
            get(b"/healthz", b"".join(b"X-%d: abc\r\n" % n for n in range(10_000))),
            {431},
        ),
        "headers without an end": (b"GET / HTTP/1.1\r\n" + b"X-A: " + b"a" * 3_000_000, {431}),
        "a path of 1 MB": (get(b"/" + b"a" * 1_000_000), {400, 414, 431}),
        "a query of 60 KB": (
            get(b"/v1/summaries/" + b"0" * 64 + b"?recipe=" + b"a" * 60_000),
            {422},
        ),
        "10,000 query parameters": (get(b"/v1/languages?" + b"a=b&" * 10_000), {200}),
    }
    for name, (content, answers) in plain.items():
        yield _attack(f"framing: {name}", content, *answers, heavy=len(content) > 300_000)
    waits = {
        "a length longer than the body": (raw(line + b"Content-Length: 1000\r\n", b"{"), {408}),
        "a body that never comes": (raw(line + b"Content-Length: 10\r\n"), {408}),
        "a chunk that never comes": (_head_chunked()[0], {408}),
        "a head that never ends": (b"GET /healthz HTTP/1.1\r\nHost: ", {NO_ANSWER}),
        "nothing": (b"", {NO_ANSWER}),
    }
    for name, (content, answers) in waits.items():
        yield _attack(f"waits: {name}", content, *answers, heavy=True)
    yield _attack(
        "framing: a length shorter than the body", post(body)[:-20] + b"}" + b"x" * 50, 400, *TAKEN
    )


def _targets() -> Iterator[Attack]:
    hash_ = b"/v1/summaries/" + b"0" * 64
    targets = {
        b"http://evil.example/v1/languages": {200, 400, 401, 404},
        b"//evil.example/v1/languages": {400, 404},
        b"/../../../../etc/passwd": {400, 404},
        b"/desk/../../../../etc/passwd": {404},
        b"/desk/..%2f..%2f..%2fetc%2fpasswd": {404},
        b"/desk/%2e%2e/%2e%2e/app.py": {404},
        b"/desk/%00": {404},
        b"/desk/desk.js%00.png": {404},
        b"/desk/swagger/%00": {404},
        b"/desk/" + b"a" * 5_000: {404},
        b"/desk/" + b"a/" * 2_000: {404},
        b"/desk/%ff%fe": {404},
        b"/desk/\xff\xfe": {400, 404},
        b"/desk/%": {404},
        b"/desk": {404},
        b"/desk/": {404},
        b"/%00": {404},
        b"/%": {404},
        b"/%zz%": {404},
        b"/%0d%0aSet-Cookie:%20a=b": {404},
        b"/v1/jobs/": {404, 405},
        b"/v1/languages/": {404},
        b"/v1/jobs/%00": {422},
        b"/v1/jobs/" + b"0" * 32 + b"%0a": {404, 422},
        b"/v1/jobs/" + "٠".encode() * 32: {400, 422},
        b"/v1/jobs/" + b"%D9%A0" * 32: {422},
        b"/v1/jobs/" + b"0" * 32: {404},
        b"/v1/jobs/" + b"a" * 60_000: {422},
        b"/v1/jobs/batch": {405, 422},
        b"/v1/summaries/..": {422},
        hash_: {404},
        hash_ + b"/en": {404},
        hash_ + b"/uk": {422},
        hash_ + b"/%00": {422},
        hash_ + b"?length=short&length=long": {404, 422},
        hash_ + b"?length=%00": {422},
        hash_ + b"?recipe=%00": {422},
        hash_ + b"?recipe=%ff%fe": {422},
        hash_ + b"?recipe=%ed%a0%80": {422},
        hash_ + b"?%00=%00&&&===": {404},
        hash_ + b"?a%": {404},
        hash_ + b"?recipe[]=a&recipe.b=c": {404},
        b"/?<script>alert(1)</script>": {200, 400},
        b"/openapi.json": {200},
        b"/metrics": {200},
        b"*": {400, 404},
        b"?": {400},
        b"healthz": {400},
    }
    for target, answers in targets.items():
        yield _attack(f"target: {_shown(target)}", get(target), *answers)


def _headers() -> Iterator[Attack]:
    hash_ = b"/v1/summaries/" + b"0" * 64
    events = b"/v1/jobs/" + b"0" * 32 + b"/events"
    ids = [
        b"nonsense",
        b"-",
        b"0-0",
        b"18446744073709551615-18446744073709551615",
        b"99999999999999999999-0",
        b"0-99999999999999999999",
        b"1" * 5_000,
        b"\xff",
        b"+",
        b"$",
        b"(0-0",
        b"-1-1",
        b"1-1\t1",
        "١-١".encode(),
    ]
    for given in ids:
        yield _attack(
            f"Last-Event-ID: {_shown(given)}",
            get(events, b"Last-Event-ID: " + given + b"\r\n"),
            404,
            422,
        )
    waits = [
        b"wait=0",
        b"wait=-1",
        b"wait=nan",
        b"wait=1e9",
        b"wait",
        b"wait=",
        b"wait=0;wait=0",
        b"\xff",
        b"respond-async, wait=0",
        "wait=١".encode(),
        "wait=²".encode("latin-1"),
        b"wait=0" + b"," * 9_000,
        b"wait" * 9_000,
        b" " * 9_000 + b"wait=0",
    ]
    for given in waits:
        yield _attack(
            f"Prefer: {_shown(given)}",
            post(said(), headers=JSON + b"Prefer: " + given + b"\r\n"),
            *TAKEN,
        )
    for given in (
        b"*",
        b'"',
        b"W/",
        b'W/"',
        b"," * 9_000,
        b"\xff\xfe",
        b'"a' + b'"b' * 9_000,
        b"\t",
    ):
        yield _attack(
            f"If-None-Match: {_shown(given)}", get(hash_, b"If-None-Match: " + given + b"\r\n"), 404
        )
    for given in (
        b" ",
        b"\xff\xfe",
        b"a" * 255,
        b"a" * 256,
        b"\xff" * 255,
        b"a\tb",
        b"{}",
        b"a b",
        b"\x85",
    ):
        head = JSON + b"Idempotency-Key: " + given + b"\r\n"
        yield _attack(f"Idempotency-Key: {_shown(given)}", post(said(), headers=head), *TAKEN, 422)
        yield _attack(
            f"batch: Idempotency-Key: {_shown(given)}",
            post(b"[" + said() + b"]", b"/v1/jobs/batch", head),
            200,
            422,
        )
    kinds = [
        b"",
        b"text/plain",
        b"application/x-www-form-urlencoded",
        b"application/xml",
        b"application/json\xff",
        b"application/jsonp",
        b"application",
        b"/",
        b"application/json/json",
        b"application/json,text/plain",
        b"application/vnd.api+json",
        b"image/svg+json",
        b"multipart/form-data",
        b"\xff",
        b"multipart/form-data; boundary=" + b"a" * 9_000,
    ]
    for given in kinds:
        head = b"Content-Type: " + given + b"\r\n"
        for path in (b"/v1/jobs", b"/v1/jobs/batch", b"/v1/summaries/lookup"):
            yield _attack(
                f"Content-Type of {path.decode()}: {_shown(given)}", post(said(), path, head), 415
            )
    for given in (
        b"application/json; charset=utf-7",
        b"application/json; charset=\xff",
        b"APPLICATION/JSON",
    ):
        yield _attack(
            f"Content-Type: {_shown(given)}",
            post(said(), headers=b"Content-Type: " + given + b"\r\n"),
            *TAKEN,
        )
    yield _attack("no Content-Type", post(said(), headers=b""), 415)
    form = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" + said() + b"\r\n--b--\r\n"
    yield _attack(
        "multipart", post(form, headers=b"Content-Type: multipart/form-data; boundary=b\r\n"), 415
    )
    for coding in (b"gzip", b"deflate", b"br", b"zstd", b"x", b"gzip, gzip", b"\xff"):
        head = JSON + b"Content-Encoding: " + coding + b"\r\n"
        yield _attack(f"Content-Encoding: {coding!r}", post(_bomb(), headers=head), 415)
    for token in (
        b"",
        b"Bearer",
        b"Bearer ",
        b"Basic YTpi",
        b"Bearer \xff",
        b"Bearer " + b"a" * 60_000,
        b"bearer kh_a_b",
    ):
        yield _attack(
            f"Authorization: {token[:40]!r}",
            get(b"/v1/languages", b"Authorization: " + token + b"\r\n"),
            200,
        )
    for given in (
        b"bytes=0-1",
        b"bytes=-1",
        b"bytes=1-0",
        b"bytes=" + b"0-1," * 5_000,
        b"junk",
        b"bytes=\xff-",
        b"bytes=99999999999999999999-",
    ):
        yield _attack(
            f"Range: {_shown(given)}",
            get(b"/desk/desk.css", b"Range: " + given + b"\r\n"),
            200,
            206,
            400,
            416,
        )
    for given in (
        b"nonsense",
        b"Thu, 99 Foo 99999 99:99:99 GMT",
        b"\xff",
        b"Mon, 01 Jan 0000 00:00:00 +9999",
    ):
        yield _attack(
            f"If-Modified-Since: {_shown(given)}",
            get(b"/desk/desk.css", b"If-Modified-Since: " + given + b"\r\n"),
            200,
            304,
        )
    for given in (b"evil.example", b"junk, , 127.0.0.1", b"\xff", b"::1", b"," * 9_000):
        yield _attack(
            f"X-Forwarded-For: {_shown(given)}",
            get(
                b"/v1/languages", b"X-Forwarded-For: " + given + b"\r\nX-Forwarded-Proto: \xff\r\n"
            ),
            200,
            401,
        )


@functools.cache
def _bomb() -> bytes:
    return gzip.compress(bytes(5 * MEBIBYTE))


_TABLES = (
    _json_attacks,
    _html_attacks,
    _batch_attacks,
    _large_bodies,
    _framing,
    _targets,
    _headers,
)


@functools.cache
def attacks() -> tuple[Attack, ...]:
    """Every attack of the tables. Their names differ."""
    return tuple(attack for table in _TABLES for attack in table())
