"""A glossary that changes while articles are being summarised, through two API processes."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from khabar.glossary_file import receive_glossary
from khabar.recipe import read_recipe
from khabar.store import schema
from tests.e2e.cluster import Cluster
from tests.e2e.test_faults import end_of, running
from tests.ports import unused_port
from tests.waiting import wait_for

PLACE = "/v1/recipes/desk/glossary"
RECIPE = """
name = "desk"
[summarizer]
kind = "extractive"
[[models]]
id = "fake"
revision = "1"
licence = "none"
engine = "fake"
pairs = [["en", "ru"]]
"""
WORDS = ("порт", "гавань", "причал", "бухта", "пристань", "док")
"""How each edition of the glossary wants the same word rendered."""
JOBS_OF_EACH = 40


def glossary(word: str) -> bytes:
    return f"en,ru\nharbour,{word}\n".encode()


def digest(word: str) -> str:
    return receive_glossary(glossary(word))[0].digest


def article(number: int) -> dict[str, object]:
    sentences = [
        f"The harbour opened its pier number {number * 10 + line} on Monday, officials said."
        for line in range(6)
    ]
    return {
        "text": "\n".join(sentences),
        "language": "en",
        "languages": ["en", "ru"],
        "recipe": "desk",
    }


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    recipes = tmp_path / "recipes"
    recipes.mkdir()
    (recipes / "desk.toml").write_text(RECIPE, "utf-8")
    cluster = Cluster(tmp_path, recipes_folder=recipes)
    try:
        yield cluster
    finally:
        cluster.close()


def words_asked_for(summary: dict) -> set[str]:
    """Return the renderings that the checks of a translation missed."""
    messages = [
        check["message"]
        for part in summary["sentences"]
        for check in part["checks"]
        if check["name"] == "glossary"
    ]
    return {word for message in messages for word in re.findall(r"(\w+) \(harbour\)", message)}


def test_every_result_has_the_terms_that_its_identity_says(cluster: Cluster):
    recipe = read_recipe(cluster.settings.recipes_folder / "desk.toml")
    second = unused_port()
    cluster.start_api()
    cluster.start_api(second)
    victim = cluster.start_worker()
    cluster.wait_until_ready()
    with cluster.client() as one, cluster.client(second) as two:
        wait_for(lambda: answers(two), 30)
        sent: list[tuple[str, dict]] = []
        for round_number, word in enumerate(WORDS):
            first, other = (one, two) if round_number % 2 else (two, one)
            assert first.put(PLACE, content=glossary(word)).is_success
            # The other process may not have heard of it yet when it is asked.
            for number in range(JOBS_OF_EACH):
                client = (other, first)[number % 2]
                job = client.post("/v1/jobs", json=article(number)).json()
                sent.append((word, job))
            if round_number == 2:
                # With work in its hands, unless it was quicker than we are.
                wait_for(lambda: running(cluster) > 0 or not cluster.store.zcard(schema.DUE), 20)
                cluster.kill(victim)
                cluster.start_worker()
        ended = [(word, end_of(one, job, 60)) for word, job in sent]
    for word, job in ended:
        assert job["state"] == "done"
        assert job["fingerprint"] == recipe.fingerprint_with(digest(word))
        for language in job["languages"].values():
            summary = language["summary"]
            assert summary["fingerprint"] == job["fingerprint"]
            assert summary["glossary"] == digest(word)
        assert words_asked_for(job["languages"]["ru"]["summary"]) == {word}
    counters = cluster.counters()
    assert counters["computations_done"] == len(WORDS) * JOBS_OF_EACH * 2
    assert "computations_failed" not in counters


def test_a_cached_read_elsewhere_goes_with_the_old_terms(cluster: Cluster):
    second = unused_port()
    cluster.start_api()
    cluster.start_api(second)
    cluster.start_worker()
    cluster.wait_until_ready()
    with cluster.client() as one, cluster.client(second) as two:
        wait_for(lambda: answers(two), 30)
        assert one.put(PLACE, content=glossary(WORDS[0])).status_code == 201
        job = one.post("/v1/jobs", json=article(1), headers={"Prefer": "wait=30"}).json()
        place = f"/v1/summaries/{job['article_hash']}/ru?recipe=desk"
        wait_for(lambda: two.get(place).status_code == 200, 2)
        assert two.get(place).json()["glossary"] == digest(WORDS[0])
        assert one.put(PLACE, content=glossary(WORDS[1])).status_code == 200
        assert one.get(place).status_code == 404
        wait_for(lambda: two.get(place).status_code == 404, 2)
        # No process hears of anything now: what it does not hear, it reads again.
        cluster.store.client_kill_filter(_type="pubsub")
        assert one.delete(PLACE).status_code == 204
        job = two.post("/v1/jobs", json=article(1), headers={"Prefer": "wait=30"}).json()
        recipe = read_recipe(cluster.settings.recipes_folder / "desk.toml")
        assert job["fingerprint"] == recipe.fingerprint
        assert "glossary" not in job["languages"]["ru"]["summary"]


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").is_success
    except httpx.TransportError:
        return False
