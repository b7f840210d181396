"""A short campaign; ``make hostile`` runs a long one."""

import asyncio

from tests.e2e.cluster import Cluster
from tests.hostile.attacks import attacks
from tests.hostile.campaign import MEBIBYTE, run
from tests.hostile.targets import resident_bytes
from tests.hostile.wire import Answer, exchange

REQUESTS = 2_000


def test_the_names_differ():
    names = [attack.name for attack in attacks()]
    assert len(set(names)) == len(names)


def test_two_thousand_requests(target: Cluster):
    pid = target.children[0].pid
    assert pid is not None
    outcome = asyncio.run(run(target.settings.port, pid, REQUESTS, seed=7))
    assert outcome.faults == []
    assert outcome.statuses.total() == REQUESTS
    assert not [status for status in outcome.statuses if status >= 500]
    assert outcome.growth < 100 * MEBIBYTE


def test_a_flood_is_cut_off_early_in_little_memory(target: Cluster):
    pid = target.children[0].pid
    assert pid is not None
    (flood,) = [attack for attack in attacks() if attack.name == "200 MB in chunks"]
    before = resident_bytes(pid)

    async def ten_floods() -> tuple[list[Answer], int]:
        highest = 0
        floods = asyncio.gather(
            *(exchange(target.settings.port, flood.pieces()) for _ in range(10))
        )
        while not floods.done():
            highest = max(highest, resident_bytes(pid))
            await asyncio.sleep(0.01)
        return await floods, highest

    answers, highest = asyncio.run(ten_floods())
    assert [answer.status for answer in answers] == [413] * 10
    assert max(answer.sent for answer in answers) < 32 * MEBIBYTE
    assert highest - before < 100 * MEBIBYTE
