"""Many articles from many connections: none lost, none computed twice, then all from the cache."""

from concurrent.futures import ThreadPoolExecutor

from khabar.languages import Language
from tests.e2e.cluster import Cluster, metric
from tests.e2e.stories import article

ARTICLES = 200
CONNECTIONS = 20


def post_all(service: Cluster) -> list[dict]:
    """Post every article; each connection waits for its jobs to end."""

    def post(share: int) -> list[dict]:
        with service.client() as client:
            return [
                client.post(
                    "/v1/jobs", json=article(1000 + number), headers={"Prefer": "wait=60"}
                ).json()
                for number in range(share, ARTICLES, CONNECTIONS)
            ]

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [job for jobs in pool.map(post, range(CONNECTIONS)) for job in jobs]


def test_two_hundred_articles_from_twenty_connections_twice(service: Cluster):
    first = post_all(service)
    assert [job["state"] for job in first] == ["done"] * ARTICLES
    assert all(
        language["state"] == "done" for job in first for language in job["languages"].values()
    )
    hashes = {job["article_hash"] for job in first}
    assert len(hashes) == ARTICLES
    counters = service.counters()
    assert counters["computations_done"] == ARTICLES * len(Language)
    assert counters["computations_claimed"] == counters["computations_done"]
    with service.client() as client:
        calls = metric(client, "khabar_model_calls_total")

    second = post_all(service)
    assert [job["state"] for job in second] == ["done"] * ARTICLES
    assert all(language["cached"] for job in second for language in job["languages"].values())
    with service.client() as client:
        assert metric(client, "khabar_model_calls_total") == calls
        assert metric(client, "khabar_open_computations") == 0
    assert service.counters()["computations_done"] == ARTICLES * len(Language)
