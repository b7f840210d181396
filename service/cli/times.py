"""Times as a person types them: ``90d`` for so long, ``2027-01-31`` for a day."""

import re
from datetime import UTC, datetime, timedelta

from khabar.errors import FieldInvalid

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(rf"([0-9]{{1,6}})([{''.join(_UNITS)}])")
NEVER = "never"
_LONGEST = timedelta(days=36_525)


def read_duration(text: str, field: str) -> timedelta:
    """Return how long ``90d``, ``12h`` or ``0`` is. Raises FieldInvalid."""
    if text == "0":
        return timedelta(0)
    match = _DURATION.fullmatch(text)
    if not match:
        raise FieldInvalid(
            "This is not a time.",
            field=field,
            limit="a number and one of " + ", ".join(_UNITS),
            given=text[:40],
            hint="Such as 90d for ninety days.",
        )
    span = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if span > _LONGEST:
        raise FieldInvalid(
            "This is longer than a hundred years.",
            field=field,
            limit=f"{_LONGEST.days}d",
            given=text,
            hint="Give a shorter time.",
        )
    return span


def read_end(text: str, field: str) -> datetime | timedelta | None:
    """Return when ``90d``, ``2027-01-31`` or ``never`` is. Raises FieldInvalid.

    A day begins at midnight UTC; so does a time without a zone count.
    """
    if text == NEVER:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        try:
            return read_duration(text, field)
        except FieldInvalid as error:
            raise FieldInvalid(
                "This is neither a time nor a day.",
                field=field,
                limit=f"such as 90d, 2027-01-31 or {NEVER}",
                given=text[:40],
                hint="Say how long the key is good, or until which day.",
            ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
