"""How much a key may send, and where it stands."""

from dataclasses import dataclass

MOST_ARTICLES = 1_000_000
"""The largest limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Articles a minute and articles a day; 0 is without limit."""

    rate: int = 0
    daily: int = 0


@dataclass(frozen=True, slots=True)
class Quota:
    """Where a key stands under one limit, in articles.

    ``left`` may be sent now. Within ``seconds`` that is all that should be: for the minute, the
    time in which as much as is left comes back, so whoever spreads it over that time can go on so.
    ``wait_seconds`` is how long what was refused has to wait for this limit.
    """

    name: str
    limit: int
    window_seconds: int
    left: int
    seconds: int
    wait_seconds: int
