"""Promised: an article that kills its worker is given up after five attempts, and only it."""

from collections.abc import Callable

from khabar.job import State
from tests.e2e.stories import article
from tests.faults.marked_app import KILLS, SLEEPS
from tests.faults.site import Site
from tests.waiting import wait_for

NEIGHBOURS = 3
"""With the article itself, as many as the worker has threads: they are in hand whenever it dies."""


def test_an_article_that_kills_its_worker(
    make_site: Callable[..., Site], figure: Callable[[str, object], None]
):
    site = make_site(lease_seconds=1, max_attempts=5, worker_threads=4)
    site.open(apis=1, workers=0)
    with site.client() as client:

        def submit(number: int, mark: str) -> str:
            sent = article(number, languages=["en"]) | {"guid": mark}
            return client.post("/v1/jobs", json=sent).json()["links"]["self"]

        def state(job: str) -> str:
            return client.get(job).json()["state"]

        neighbours = [submit(number, f"{SLEEPS}3000") for number in range(NEIGHBOURS)]
        poison = submit(1000, KILLS)
        worker = site.start_marked_worker()
        deaths = 0

        def over() -> bool:
            nonlocal deaths
            if not worker.running:
                deaths += 1
                site.end_and_restart(worker)
            return all(State(state(job)).final for job in (poison, *neighbours))

        wait_for(over, 120, pause=0.2)
        ended = client.get(poison).json()
        assert ended["state"] == "failed"
        assert ended["languages"]["en"]["error"]["code"] == "attempts_exhausted"
        assert [state(job) for job in neighbours] == ["done"] * NEIGHBOURS
    figure("poison: workers it killed before it was given up", deaths)
    assert deaths == site.settings.max_attempts
