"""The service that is attacked: a real API process on a real Redis."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.cluster import Cluster

HEAD_SECONDS = 2.0
BODY_SECONDS = 3.0


@contextlib.contextmanager
def hostile_cluster(folder: Path, **changes: object) -> Iterator[Cluster]:
    """Run an API process with short times. No worker: nothing that is taken is ever done."""
    settings = {"head_seconds": HEAD_SECONDS, "body_seconds": BODY_SECONDS}
    settings |= {"max_open_computations": 500, **changes}
    cluster = Cluster(folder, **settings)
    try:
        cluster.start_api()
        cluster.wait_until_ready(work=False)
        yield cluster
    finally:
        cluster.close()


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kilobytes) * 1024
