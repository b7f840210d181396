"""Tells a key where it stands: draft-ietf-httpapi-ratelimit-headers-11.

An article is what the draft calls a request, so a batch of a hundred is a hundred.
"""

from collections.abc import Sequence

from khabar.quota import Quota

DOCUMENTED = {
    name: {"description": f"{what} Absent without limits.", "schema": {"type": "string"}}
    for name, what in {
        "RateLimit-Policy": "The limits of the key, in articles.",
        "RateLimit": "Where the key stands under them.",
    }.items()
}
"""The two fields, as the description of the API has them."""


def quota_headers(
    quotas: Sequence[Quota], *, told: Sequence[Quota] | None = None
) -> dict[str, str]:
    """Return the two header fields, lists of RFC 9651; none where there are no limits.

    ``told`` are the limits whose state is told, by default all.
    """
    if not quotas:
        return {}
    states = quotas if told is None else told
    policy = ", ".join(f'"{q.name}";q={q.limit};w={q.window_seconds}' for q in quotas)
    state = ", ".join(f'"{q.name}";r={q.left};t={q.seconds}' for q in states)
    return {"RateLimit-Policy": policy, "RateLimit": state}
