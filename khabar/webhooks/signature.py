"""Signing messages as Standard Webhooks 1.0 says, with symmetric keys (version ``v1``)."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
_SECRET_BYTES = 32
"""The specification asks for 24 to 64."""


def new_secret() -> str:
    """Return a new random secret, in the form that libraries for Standard Webhooks take."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode("ascii")


def signatures(live: Iterable[str], message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of ``webhook-signature``: one signature for each live secret.

    ``timestamp`` is in whole seconds. What is signed is ``id.timestamp.body``.
    """
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return " ".join(f"v1,{_signature(_key(secret), signed)}" for secret in live)


def _key(secret: str) -> bytes:
    return binascii.a2b_base64(secret.removeprefix(_PREFIX))


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")
