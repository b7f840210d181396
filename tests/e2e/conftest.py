from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.cluster import Cluster
from tests.models.tiny_marian import CARD, tiny_model

RECIPE = f"""
name = "tiny"
description = "The small model that the tests train."

[summarizer]
kind = "extractive"

[decoding]
beam_size = 2
max_length = 64

[[models]]
id = "{CARD.id}"
revision = "{CARD.revision}"
licence = "{CARD.licence}"
pairs = [["en", "ru"], ["en", "ar"], ["ru", "en"], ["ar", "en"]]
"""

WITHOUT_MODELS = """
name = "plain"
[summarizer]
kind = "extractive"
"""


@pytest.fixture
def make_cluster(tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Build clusters with the small model installed; close them all at the end."""
    clusters: list[Cluster] = []

    def make(**changes: object) -> Cluster:
        folder = tmp_path / f"cluster-{len(clusters)}"
        cluster = Cluster(folder, recipes_folder=folder / "recipes", **changes)
        clusters.append(cluster)
        cluster.install(tiny_model(), RECIPE)
        return cluster

    yield make
    for cluster in clusters:
        cluster.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A whole service with one worker, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("service")
    cluster = Cluster(folder, recipes_folder=folder / "recipes")
    try:
        cluster.install(tiny_model(), RECIPE)
        cluster.add_recipe("plain", WITHOUT_MODELS)
        cluster.start_api()
        cluster.start_worker()
        cluster.wait_until_ready()
        yield cluster
    finally:
        cluster.close()
