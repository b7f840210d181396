"""Identities of content: SHA-256 over length-delimited canonical JSON.

Joining strings would let ``["a", "b"]`` and ``["a|b"]`` share an identity; a netstring
(https://cr.yp.to/proto/netstrings.txt) says how long each part is, and RFC 8785 leaves one way to
write a JSON value.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical_json(value: Json) -> bytes:
    """Return ``value`` as RFC 8785 JSON. Numbers are integers; keys are ASCII."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def netstring(content: bytes) -> bytes:
    """Return ``content`` with its length in front and a comma behind."""
    return b"%d:%b," % (len(content), content)


def digest(kind: str, value: Json) -> str:
    """Return the 64 hexadecimal digits that identify ``value`` among values of its ``kind``."""
    return hashlib.sha256(netstring(kind.encode()) + netstring(canonical_json(value))).hexdigest()
