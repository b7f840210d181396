"""Promised: one computation for one article, however many ask for it, and wherever."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.e2e.stories import article
from tests.faults.site import Site

CLIENTS = 64


def test_many_clients_of_several_apis_ask_for_one_article(
    make_site: Callable[..., Site], figure: Callable[[str, object], None]
):
    site = make_site()
    site.open(apis=4, workers=2)
    together = threading.Barrier(CLIENTS)

    def ask(number: int) -> str:
        url = site.urls[number % len(site.urls)]
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            together.wait()
            sent = article(1, languages=["en"])
            return client.post("/v1/jobs", json=sent, headers={"Prefer": "wait=30"}).json()["state"]

    with ThreadPoolExecutor(CLIENTS) as pool:
        states = list(pool.map(ask, range(CLIENTS)))
    assert states == ["done"] * CLIENTS
    counters = site.counters()
    assert counters["jobs_accepted"] == CLIENTS
    figure(f"computations for {CLIENTS} clients of 4 APIs", counters["computations_claimed"])
    assert counters["computations_claimed"] == counters["computations_done"] == 1
