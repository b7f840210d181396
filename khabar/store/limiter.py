"""How many articles a key may send: so many a minute, and so many a day.

The minute is a bucket that holds the minute's articles and fills up steadily: GCRA, the "continuous
state leaky bucket" of ITU-T I.371, in whole numbers. The day is a count that starts again at
midnight UTC. The scripts ADMIT and GIVE_BACK keep both by the clock of Redis.
"""

import secrets
from dataclasses import dataclass

from redis.asyncio import Redis

from khabar.errors import QuotaExceeded
from khabar.quota import Limits, Quota
from khabar.store import key_scripts
from khabar.store.absence import told

MINUTE_SECONDS = 60
DAY_SECONDS = 86_400
_MICRO = 1_000_000
_WINDOW = MINUTE_SECONDS * _MICRO


@dataclass(frozen=True, slots=True)
class Grant:
    """How many of the articles that were to be sent may be, the first ones."""

    ticket: str
    owner: str
    limits: Limits
    wanted: int
    taken: int
    quotas: tuple[Quota, ...]

    def refusal(self) -> QuotaExceeded:
        """Return the error for an article that was not taken."""
        return QuotaExceeded(self.quotas, self.wanted)


class Limiter:
    """Counts articles. Methods raise StoreUnavailable: what cannot be counted is not taken."""

    def __init__(self, connection: Redis) -> None:
        self._admit = connection.register_script(key_scripts.ADMIT)
        self._give_back = connection.register_script(key_scripts.GIVE_BACK)

    async def admit(self, owner: str, limits: Limits, wanted: int) -> Grant:
        """Count as many of ``wanted`` articles as the limits allow. Without limits ask nothing."""
        ticket = secrets.token_hex(8)
        if not wanted or limits == Limits():
            return Grant(ticket, owner, limits, wanted, wanted, ())
        async with told():
            taken, *state = await self._admit(
                args=[owner, ticket, wanted, limits.rate, limits.daily]
            )
        return Grant(ticket, owner, limits, wanted, taken, _quotas(limits, wanted - taken, *state))

    async def give_back(self, grant: Grant, count: int) -> Grant:
        """Uncount articles that were granted and not taken on; return how the key stands now.

        Of one grant this counts once.
        """
        if not count or not grant.quotas:
            return grant
        async with told():
            state = await self._give_back(
                args=[grant.owner, grant.ticket, count, grant.limits.rate]
            )
        refused = grant.wanted - grant.taken
        quotas = _quotas(grant.limits, refused, *state)
        return Grant(grant.ticket, grant.owner, grant.limits, grant.wanted, grant.taken, quotas)


def _quotas(
    limits: Limits, refused: int, level: int, spent: int, second_of_day: int
) -> tuple[Quota, ...]:
    found = []
    if limits.rate:
        found.append(_minute(limits.rate, refused, level))
    if limits.daily:
        until_midnight = DAY_SECONDS - second_of_day
        left = max(0, limits.daily - spent)
        found.append(Quota("day", limits.daily, DAY_SECONDS, left, until_midnight, until_midnight))
    return tuple(found)


def _minute(rate: int, refused: int, level: int) -> Quota:
    def seconds_until_free(articles: int) -> int:
        return _rounded_up(max(0, level - (rate - articles) * _WINDOW), rate * _MICRO)

    left = max(0, (rate * _WINDOW - level) // _WINDOW)
    seconds = _rounded_up(left * MINUTE_SECONDS, rate) if left else seconds_until_free(1)
    return Quota(
        "minute", rate, MINUTE_SECONDS, left, max(1, seconds),
        max(1, seconds_until_free(min(refused, rate))),
    )  # fmt: skip


def _rounded_up(value: int, by: int) -> int:
    return -(-value // by)
