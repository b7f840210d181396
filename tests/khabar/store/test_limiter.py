"""The limiter beside a simple one that counts in fractions, on a clock that the tests move."""

import asyncio
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from khabar.errors import QuotaExceeded, StoreUnavailable
from khabar.quota import MOST_ARTICLES, Limits
from khabar.settings import Settings
from khabar.store import key_scripts, schema
from khabar.store.connection import service_connection, worker_connection
from khabar.store.limiter import DAY_SECONDS, Grant, Limiter

pytestmark = pytest.mark.anyio
CLOCK = "redis.call('TIME')"
A_DAY = 20_000 * DAY_SECONDS
MICRO = 1_000_000


class Clock:
    """A time that stands in the store where the scripts of these tests look for it."""

    def __init__(self, connection) -> None:
        self._redis = connection
        self.set(A_DAY * MICRO)

    def set(self, microseconds: int) -> None:
        self.now = microseconds
        self._redis.delete("clock")
        self._redis.rpush("clock", *map(str, divmod(microseconds, MICRO)))

    def move(self, microseconds: int) -> None:
        self.set(self.now + microseconds)


@pytest.fixture
def clock(redis_client, monkeypatch) -> Clock:
    for name in ("ADMIT", "GIVE_BACK"):
        script = getattr(key_scripts, name)
        assert CLOCK in script
        script = script.replace(CLOCK, "redis.call('LRANGE', 'clock', 0, 1)")
        # Lives are counted by the server's own clock: here they are long beside the test.
        script = script.replace("'PEXPIRE', RATE", "'EXPIRE', RATE")
        monkeypatch.setattr(key_scripts, name, script)
    return Clock(redis_client)


@pytest.fixture
async def limiter(settings: Settings, clock: Clock):
    connection = service_connection(settings.store_url)
    yield Limiter(connection)
    await connection.aclose()


@dataclass
class Model:
    """What the limiter should do, in the plainest form."""

    limits: Limits
    tokens: Fraction = Fraction(0)
    at: int = A_DAY * MICRO
    days: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tokens = Fraction(self.limits.rate)

    def move_to(self, now: int) -> None:
        rate = self.limits.rate
        drained = Fraction((now - self.at) * rate, 60 * MICRO)
        self.tokens = min(Fraction(rate), self.tokens + drained)
        self.at = now

    @property
    def day(self) -> int:
        return self.at // (DAY_SECONDS * MICRO)

    def admit(self, wanted: int) -> tuple[int, int]:
        taken = wanted
        if self.limits.rate:
            taken = min(taken, int(self.tokens))
        if self.limits.daily:
            taken = min(taken, self.limits.daily - self.days.get(self.day, 0))
        self.tokens -= taken
        self.days[self.day] = self.days.get(self.day, 0) + taken
        return taken, self.day

    def give_back(self, count: int, day: int) -> None:
        self.tokens = min(Fraction(self.limits.rate), self.tokens + count)
        self.days[day] -= count


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("admit"), st.integers(1, 12)),
        st.tuples(st.just("again"), st.just(0)),
        st.tuples(st.just("give back"), st.integers(1, 12)),
        st.tuples(st.just("move"), st.integers(0, 90 * MICRO)),
        st.tuples(st.just("move"), st.sampled_from([1, MICRO, 60 * MICRO, 7 * 3600 * MICRO])),
    ),
    max_size=25,
)


@examples(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rate=st.integers(0, 9), daily=st.integers(0, 30), steps=STEPS)
def test_it_does_what_the_simple_one_does(settings: Settings, clock: Clock, rate, daily, steps):
    asyncio.run(_compare(settings, clock, Limits(rate, daily), steps))


async def _compare(settings: Settings, clock: Clock, limits: Limits, steps) -> None:
    connection = service_connection(settings.store_url)
    await connection.flushall()
    clock.set(A_DAY * MICRO)
    limiter, model, last = Limiter(connection), Model(limits), None
    try:
        for step, value in steps:
            if step == "move":
                clock.move(value)
                model.move_to(clock.now)
                continue
            if step == "admit":
                grant = await limiter.admit("a", limits, value)
                taken, day = model.admit(value)
                last, returned = (grant, day), False
                assert grant.taken == taken
            elif last is not None and step == "again":
                before = last[0]
                answer = await limiter._admit(
                    args=["a", before.ticket, before.wanted, limits.rate, limits.daily]
                )
                assert not before.quotas or answer[0] == before.taken
            elif last is not None and last[0].taken:
                count = min(value, last[0].taken)
                grant = await limiter.give_back(last[0], count)
                if not returned:
                    model.give_back(count, last[1])
                    returned = True
            else:
                continue
            left = {quota.name: quota.left for quota in grant.quotas}
            if step != "again" and limits.rate:
                assert left["minute"] == int(model.tokens)
            if step != "again" and limits.daily:
                assert left["day"] == limits.daily - model.days.get(model.day, 0)
    finally:
        await connection.aclose()


async def all_of(limiter: Limiter, limits: Limits, wanted: int, owner: str = "a") -> Grant:
    return await limiter.admit(owner, limits, wanted)


async def test_the_first_of_a_batch_are_taken(limiter: Limiter, clock: Clock):
    grant = await all_of(limiter, Limits(rate=60), 100)
    assert (grant.taken, grant.quotas[0].left) == (60, 0)
    error = grant.refusal()
    assert (error.code, error.limit, error.given) == ("quota_exceeded", 60, 100)
    # The forty that were refused fit in when forty have drained.
    assert (error.retry_after_seconds, error.record().violated_policies) == (40, ("minute",))
    clock.move(39_999_999)
    assert (await all_of(limiter, Limits(rate=60), 40)).taken == 39
    clock.move(60 * MICRO)
    assert (await all_of(limiter, Limits(rate=60), 100)).taken == 60


async def test_who_waits_as_told_is_let_in(limiter: Limiter, clock: Clock):
    limits = Limits(rate=7)
    await all_of(limiter, limits, 7)
    for _ in range(20):
        refused = await all_of(limiter, limits, 1)
        assert refused.taken == 0
        clock.move(refused.refusal().retry_after_seconds * MICRO)
        assert (await all_of(limiter, limits, 1)).taken == 1


async def test_what_is_left_never_comes_faster_than_the_policy(limiter: Limiter, clock: Clock):
    """Section 8.5 of the draft: a client may divide what is left by the time that is told."""
    limits = Limits(rate=50)
    for _ in range(51):
        grant = await all_of(limiter, limits, 1)
        (quota,) = grant.quotas
        assert quota.seconds >= 1
        assert quota.left / quota.seconds <= 50 / 60
    assert grant.taken == 0
    # Retry-After must not be sooner than the time told beside it (section 6).
    assert grant.refusal().retry_after_seconds >= quota.seconds


async def test_the_day_ends_at_midnight_utc(limiter: Limiter, clock: Clock):
    limits = Limits(daily=10)
    clock.set((A_DAY + DAY_SECONDS - 30) * MICRO)
    grant = await all_of(limiter, limits, 12)
    assert grant.taken == 10
    assert grant.refusal().retry_after_seconds == 30
    assert grant.refusal().record().violated_policies == ("day",)
    clock.move(30 * MICRO)
    assert (await all_of(limiter, limits, 12)).taken == 10


async def test_what_is_given_back_late_counts_for_its_own_day(limiter: Limiter, clock: Clock):
    limits = Limits(daily=10)
    clock.set((A_DAY + DAY_SECONDS - 1) * MICRO)
    grant = await all_of(limiter, limits, 4)
    clock.move(2 * MICRO)
    await all_of(limiter, limits, 1)
    (quota,) = (await limiter.give_back(grant, 4)).quotas
    assert quota.left == 9


async def test_a_call_that_is_made_again_later_gives_the_same_and_can_be_refused(
    limiter: Limiter, clock: Clock
):
    limits = Limits(rate=60)
    first = await all_of(limiter, limits, 100)
    clock.move(3 * MICRO)
    script = limiter._admit

    async def again(args: list) -> list:
        return await script(args=[args[0], first.ticket, *args[2:]])

    limiter._admit = again
    second = await all_of(limiter, limits, 100)
    assert (first.taken, second.taken) == (60, 60)
    assert second.quotas[0].left == 3
    assert second.refusal().record().violated_policies == ("minute",)


async def test_keys_do_not_count_for_each_other(limiter: Limiter, clock: Clock):
    limits = Limits(rate=1, daily=1)
    assert (await all_of(limiter, limits, 1, "a")).taken == 1
    assert (await all_of(limiter, limits, 1, "a")).taken == 0
    assert (await all_of(limiter, limits, 1, "b")).taken == 1


async def test_a_clock_that_goes_back_gives_nothing(limiter: Limiter, clock: Clock):
    await all_of(limiter, Limits(rate=5), 5)
    clock.move(-3600 * MICRO)
    assert (await all_of(limiter, Limits(rate=5), 1)).taken == 0


async def test_the_largest_limit_is_counted_exactly(limiter: Limiter, clock: Clock):
    limits = Limits(rate=MOST_ARTICLES, daily=MOST_ARTICLES)
    assert (await all_of(limiter, limits, MOST_ARTICLES - 1)).taken == MOST_ARTICLES - 1
    assert (await all_of(limiter, limits, 2)).taken == 1


async def test_a_lower_limit_holds_at_once(limiter: Limiter, clock: Clock):
    await all_of(limiter, Limits(rate=100, daily=100), 50)
    grant = await all_of(limiter, Limits(rate=10, daily=10), 1)
    assert (grant.taken, [quota.left for quota in grant.quotas]) == (0, [0, 0])


async def test_without_limits_the_store_is_not_asked():
    limiter = Limiter(service_connection("redis://127.0.0.1:1/0"))
    assert (await limiter.admit("a", Limits(), 5)).taken == 5
    with pytest.raises(StoreUnavailable):
        await limiter.admit("a", Limits(rate=1), 5)


async def test_on_the_clock_of_redis(settings: Settings):
    connection = service_connection(settings.store_url)
    limiter = Limiter(connection)
    assert (await limiter.admit("a", Limits(rate=120, daily=200), 200)).taken == 120
    await asyncio.sleep(0.6)
    assert (await limiter.admit("a", Limits(rate=120, daily=200), 200)).taken in {1, 2}
    store = worker_connection(settings.store_url)
    kept = {key: store.ttl(key) for key in store.keys(f"{schema.PREFIX}*")}
    store.close()
    assert len(kept) == 4
    assert all(0 < seconds <= 2 * DAY_SECONDS for seconds in kept.values())
    await connection.aclose()


async def test_a_refusal_names_every_limit_that_is_used_up(limiter: Limiter, clock: Clock):
    grant = await all_of(limiter, Limits(rate=3, daily=3), 4)
    error = grant.refusal()
    assert isinstance(error, QuotaExceeded)
    assert error.record().violated_policies == ("minute", "day")
    assert "3 a minute and 3 a day" in error.message
    assert error.retry_after_seconds == DAY_SECONDS


@pytest.mark.parametrize("offset", [123_451, 123_449])
async def test_times_are_exact_to_the_microsecond(limiter: Limiter, clock: Clock, offset: int):
    clock.move(offset)
    assert (await all_of(limiter, Limits(rate=1), 1)).taken == 1
    clock.move(60 * MICRO - 1)
    assert (await all_of(limiter, Limits(rate=1), 1)).taken == 0
    clock.move(1)
    assert (await all_of(limiter, Limits(rate=1), 1)).taken == 1
