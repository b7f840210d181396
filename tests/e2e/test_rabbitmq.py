"""The same service with RabbitMQ as its broker."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.cluster import Cluster
from tests.e2e.stories import article
from tests.e2e.test_webhooks import delivery, secret, submit
from tests.ports import unused_port
from tests.workers.webhooks.endpoint import Endpoint

pytestmark = pytest.mark.skipif(
    shutil.which("rabbitmq-server") is None,
    reason="rabbitmq-server is not installed (apt-get install rabbitmq-server)",
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Lend a folder that Debian's own user for RabbitMQ can write to, as pytest's is not."""
    with tempfile.TemporaryDirectory(prefix="khabar-rabbitmq-") as name:
        path = Path(name)
        (path / "log").mkdir()
        for part in (path, path / "log"):
            part.chmod(0o777)
        yield path


@pytest.fixture
def rabbitmq_url(folder: Path) -> Iterator[str]:
    """Run a RabbitMQ of our own on free ports of the loopback, with its data in a folder."""
    port = unused_port()
    name = f"khabar-{os.getpid()}@localhost"
    environment = os.environ | {
        "RABBITMQ_NODENAME": name,
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(unused_port()),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
    }
    with (folder / "out").open("wb") as out:
        server = subprocess.Popen(
            ["rabbitmq-server"], env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        subprocess.run(
            ["rabbitmqctl", "--node", name, "wait", str(folder / "pid"), "--timeout", "60"],
            env=environment,
            check=True,
            capture_output=True,
            timeout=90,
        )
        yield f"amqp://guest:guest@127.0.0.1:{port}//"
    finally:
        subprocess.run(
            ["rabbitmqctl", "--node", name, "stop"],
            env=environment,
            check=False,
            capture_output=True,
            timeout=60,
        )
        server.wait(timeout=60)


def test_articles_become_summaries_by_way_of_rabbitmq(
    make_cluster: Callable[..., Cluster], rabbitmq_url: str
):
    cluster = make_cluster(broker_url=rabbitmq_url)
    cluster.start_api()
    worker = cluster.start_worker()
    cluster.wait_until_ready()
    with cluster.client() as client:
        for number in range(5):
            job = client.post(
                "/v1/jobs", json=article(number), headers={"Prefer": "wait=30"}
            ).json()
            assert {language["state"] for language in job["languages"].values()} == {"done"}
        # A worker that dies loses nothing here either.
        batch = client.post(
            "/v1/jobs/batch", json=[article(number) for number in range(100, 130)]
        ).json()
        cluster.kill(worker)
        cluster.start_worker()
        until = time.monotonic() + 60
        for item in batch["items"]:
            while (found := client.get(item["job"]["links"]["self"]).json())["state"] != "done":
                assert time.monotonic() < until, found
                time.sleep(0.05)
    assert cluster.counters()["computations_done"] == 35 * 3


def test_messages_to_callbacks_need_no_redis_as_the_broker(
    make_cluster: Callable[..., Cluster], rabbitmq_url: str
):
    endpoint = Endpoint()
    with endpoint.serving():
        cluster = make_cluster(
            broker_url=rabbitmq_url,
            webhook_plain_http=True,
            webhook_ports=str(endpoint.port),
            webhook_allowed_networks="127.0.0.0/8",
        )
        cluster.start_api()
        cluster.start_worker()
        cluster.wait_until_ready()
        secret(cluster)
        with cluster.client() as client:
            message_id = submit(client, 1, endpoint.url())
            delivery(client, message_id, "delivered")
    assert [one.headers["webhook-id"] for one in endpoint.received] == [message_id]
