"""What may go wrong, each by its name: a function that does it to a site."""

import random
import signal
import time
from collections.abc import Callable

import redis

from khabar.queues import Priority, Stage, queue_name
from tests.faults.site import Site, later, with_group

Disturbance = Callable[[Site, random.Random], None]


def kill_worker(site: Site, chance: random.Random) -> None:
    site.end_and_restart(chance.choice(site.workers))


def stop_then_kill_worker(site: Site, chance: random.Random) -> None:
    worker = chance.choice(site.workers)
    with_group(worker, signal.SIGTERM)
    time.sleep(chance.uniform(0, 0.5))
    site.end_and_restart(worker)


def stop_worker_softly(site: Site, chance: random.Random) -> None:
    site.restart(chance.choice(site.workers))


def freeze_worker(site: Site, chance: random.Random) -> None:
    """Freeze a worker past its lease, and let it go on with what is no longer its own."""
    worker = chance.choice(site.workers)
    with_group(worker, signal.SIGSTOP)
    seconds = site.settings.lease_seconds + chance.uniform(0.5, 2)
    later(seconds, lambda: with_group(worker, signal.SIGCONT))


def kill_all_workers(site: Site, _: random.Random) -> None:
    for worker in site.workers:
        site.end(worker)
    for worker in site.workers:
        worker.start()


def kill_api(site: Site, chance: random.Random) -> None:
    site.end_and_restart(chance.choice(list(site.apis.values())))


def stop_api_softly(site: Site, chance: random.Random) -> None:
    site.restart(chance.choice(list(site.apis.values())))


def kill_redis(site: Site, _: random.Random) -> None:
    site.end_redis()
    site.redis.start()


def freeze_redis(site: Site, chance: random.Random) -> None:
    site.freeze_redis()
    time.sleep(chance.uniform(0.5, 4))
    site.thaw_redis()


def cut_connections(site: Site, _: random.Random) -> None:
    site.proxy.cut()


def hold_connections(site: Site, chance: random.Random) -> None:
    site.proxy.hold()
    time.sleep(chance.uniform(0.5, 3))
    site.proxy.release()


def lose_queues(site: Site, _: random.Random) -> None:
    """Empty the broker's queues: every hint in them is gone."""
    with redis.Redis.from_url(site.redis.store_url, db=1) as broker:
        for stage in Stage:
            broker.delete(*(queue_name(stage, priority) for priority in Priority))


def fill_queues(site: Site, _: random.Random) -> None:
    site.publish_stray_hints(500)


DISTURBANCES: dict[str, tuple[Disturbance, int]] = {
    "worker killed": (kill_worker, 4),
    "worker stopped, then killed": (stop_then_kill_worker, 2),
    "worker stopped softly": (stop_worker_softly, 2),
    "worker frozen past its lease": (freeze_worker, 4),
    "all workers killed": (kill_all_workers, 1),
    "API killed": (kill_api, 2),
    "API stopped softly": (stop_api_softly, 1),
    "Redis killed": (kill_redis, 4),
    "Redis frozen": (freeze_redis, 3),
    "connections cut": (cut_connections, 4),
    "connections held up": (hold_connections, 2),
    "queues lost": (lose_queues, 2),
    "queues filled": (fill_queues, 1),
}
"""Each with how often it is chosen, against the others."""


def choose(chance: random.Random) -> str:
    names = list(DISTURBANCES)
    return chance.choices(names, [weight for _, weight in DISTURBANCES.values()])[0]
