"""A short look; ``make hostile`` takes a long one."""

from pathlib import Path

from tests.hostile.conformance import conformance, locked_cluster

SECONDS = 30


def test_the_service_does_what_its_description_says(tmp_path: Path):
    with locked_cluster(tmp_path) as (cluster, token):
        found = conformance(cluster.url, token, tmp_path, SECONDS, seed=3)
        accepted = cluster.counters()["jobs_accepted"]
    assert found.returncode == 0, found.stdout[-8_000:] + found.stderr[-2_000:]
    assert accepted > 0
