from collections.abc import Iterator

import pytest

from tests.e2e.cluster import Cluster
from tests.hostile.targets import hostile_cluster


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An API process and its Redis, with times short enough to wait for, and no worker."""
    with hostile_cluster(tmp_path_factory.mktemp("hostile")) as cluster:
        yield cluster
