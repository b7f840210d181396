"""API keys as a person and a program see them: everything but the secrets."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from khabar.api_key import ApiKey

_COLUMNS = ("id", "state", "expires", "scopes", "a minute", "a day", "made", "name")


def key_facts(key: ApiKey, now: datetime) -> dict[str, Any]:
    """Return a key for a program."""
    facts = key.model_dump(mode="json", exclude={"secrets"})
    tokens = [secret.model_dump(mode="json", exclude={"sha256"}) for secret in key.secrets]
    expires = key.expires_at.isoformat() if key.expires_at else None
    return {**facts, "state": _state(key, now), "expires_at": expires, "tokens": tokens}


def key_table(keys: Sequence[ApiKey], now: datetime) -> list[str]:
    """Return a line for each key under a line of headings; nothing where there are none."""
    if not keys:
        return []
    rows = [_COLUMNS, *(_row(key, now) for key in keys)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def key_lines(key: ApiKey, now: datetime) -> Iterator[str]:
    """Yield what there is to say of one key."""
    for name, value in zip(_COLUMNS, _row(key, now), strict=True):
        yield f"{name + ':':10}{value}"
    for secret in key.secrets:
        end = secret.expires_at
        good = f"until {end:%Y-%m-%d %H:%M} UTC" if end else "without end"
        yield f"token:    made {secret.created_at:%Y-%m-%d %H:%M} UTC, good {good}"


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    return (
        key.id,
        _state(key, now),
        f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never",
        ",".join(key.scopes),
        _limit(key.rate),
        _limit(key.daily),
        f"{key.created_at:%Y-%m-%d}",
        key.name,
    )


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    return ("expired", "valid", "rotating")[len(key.live_secrets(now))]


def _limit(value: int | None) -> str:
    if value is None:
        return "default"
    return str(value) if value else "any"
