"""How Schemathesis writes the one media type that it does not know."""

import json

import schemathesis
from schemathesis import SerializationContext


@schemathesis.serializer("application/x-ndjson")
def lines(_: SerializationContext, value: object) -> bytes:
    """Write one article as one line; what is no JSON at all as it is."""
    return value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"
