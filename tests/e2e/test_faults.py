"""What is promised when processes die."""

import os
import signal
import time
from collections.abc import Callable

import httpx

from khabar.queues import Stage
from khabar.store import schema
from tests.e2e.cluster import Child, Cluster
from tests.e2e.stories import article
from tests.waiting import wait_for

MakeCluster = Callable[..., Cluster]


def running(cluster: Cluster) -> int:
    """Return how many computations some worker holds."""
    ids = cluster.store.zrange(schema.DUE, 0, -1)
    states = [cluster.store.hget(schema.COMPUTATION + identity, "state") for identity in ids]
    return states.count("running")


def workers(client: httpx.Client) -> set[str]:
    """Return the names of the workers heard of lately."""
    return {worker["name"] for worker in client.get("/readyz").json()["workers"]}


def end_of(client: httpx.Client, job: dict, seconds: float) -> dict:
    until = time.monotonic() + seconds
    while True:
        now = client.get(job["links"]["self"]).json()
        if now["state"] in {"done", "failed", "cancelled"}:
            return now
        assert time.monotonic() < until, now
        time.sleep(0.05)


def frozen_at_work(cluster: Cluster, worker: Child) -> bool:
    """Freeze a worker. If it holds nothing just then, let it go on and say so."""
    assert worker.pid is not None
    os.killpg(worker.pid, signal.SIGSTOP)
    if running(cluster) > 0:
        return True
    os.killpg(worker.pid, signal.SIGCONT)
    return False


def test_a_worker_killed_in_the_middle_of_a_job(make_cluster: MakeCluster):
    cluster = make_cluster(lease_seconds=3)
    cluster.start_api()
    victim = cluster.start_worker()
    cluster.wait_until_ready()
    with cluster.client() as client:
        batch = client.post(
            "/v1/jobs/batch", json=[article(number, length="long") for number in range(60)]
        ).json()
        # Frozen first, so that what it holds is certain to be unfinished when it dies.
        wait_for(lambda: frozen_at_work(cluster, victim), 20)
        held = running(cluster)
        cluster.kill(victim)
        assert held > 0, "the worker must die with work in its hands"
        before = workers(client)
        cluster.start_worker()
        wait_for(lambda: bool(workers(client) - before), 30)
        ready = time.monotonic()
        for item in batch["items"]:
            job = end_of(client, item["job"], 60)
            assert job["state"] == "done"
            assert all(language["state"] == "done" for language in job["languages"].values())
        assert time.monotonic() - ready < cluster.settings.lease_seconds + 5
    counters = cluster.counters()
    assert counters["leases_expired"] >= held
    assert counters["computations_done"] == 60 * 3


def test_a_worker_that_stops_softly_loses_no_lease(make_cluster: MakeCluster):
    cluster = make_cluster(lease_seconds=10)
    cluster.start_api()
    leaving = cluster.start_worker()
    cluster.wait_until_ready()
    with cluster.client() as client:
        batch = client.post(
            "/v1/jobs/batch", json=[article(number) for number in range(100, 140)]
        ).json()
        wait_for(lambda: running(cluster) > 0, 20)
        leaving.stop()
        cluster.children.remove(leaving)
        assert running(cluster) == 0, "what was begun is finished or given back"
        cluster.start_worker()
        for item in batch["items"]:
            assert end_of(client, item["job"], 60)["state"] == "done"
    assert cluster.counters().get("leases_expired", 0) == 0


def test_jobs_and_summaries_survive_a_restart_of_everything(make_cluster: MakeCluster):
    cluster = make_cluster()
    api, worker = cluster.start_api(), cluster.start_worker([Stage.SUMMARISE])
    cluster.wait_until_ready(work=False)
    with cluster.client() as client:
        job = client.post("/v1/jobs", json=article(1)).json()
        wait_for(lambda: cluster.counters().get("computations_done", 0) == 1, 20)
    time.sleep(1.1)  # The append-only file reaches the disk once a second.
    for child in (api, worker):
        cluster.kill(child)
    cluster.end_redis()
    cluster.redis.start()
    cluster.start_api()
    cluster.start_worker()
    cluster.wait_until_ready()
    with cluster.client() as client:
        ended = end_of(client, job, 30)
    assert ended["state"] == "done"
    assert cluster.counters()["computations_done"] == 3


def test_stages_may_be_served_by_different_workers(make_cluster: MakeCluster):
    cluster = make_cluster()
    cluster.start_api()
    cluster.start_worker([Stage.SUMMARISE])
    cluster.wait_until_ready(work=False)
    with cluster.client() as client:
        job = client.post("/v1/jobs", json=article(1)).json()
        wait_for(lambda: cluster.counters().get("computations_done", 0) == 1, 30)
        half = client.get(job["links"]["self"]).json()
        assert {code: language["state"] for code, language in half["languages"].items()} == {
            "en": "done",
            "ru": "queued",
            "ar": "queued",
        }
        cluster.start_worker([Stage.TRANSLATE])
        assert end_of(client, job, 30)["state"] == "done"


def test_a_worker_with_another_recipe_serves_no_wrong_result(make_cluster: MakeCluster):
    cluster = make_cluster()
    cluster.start_api()
    cluster.wait_until_ready(work=False)
    with cluster.client() as client:
        job = client.post("/v1/jobs", json=article(1, languages=["en"])).json()
        assert cluster.settings.recipes_folder is not None
        recipe = cluster.settings.recipes_folder / "tiny.toml"
        recipe.write_text(recipe.read_text().replace("beam_size = 2", "beam_size = 3"))
        cluster.start_worker()
        wait_for(lambda: cluster.counters().get("computations_claimed", 0) >= 2, 30)
        assert client.get(job["links"]["self"]).json()["state"] in {"queued", "running"}
        assert cluster.counters().get("computations_done", 0) == 0
