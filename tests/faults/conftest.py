"""A site for each test, and how much of everything is wanted.

With KHABAR_FAULTS=long the tests do what ``make chaos`` promises; without it, a little of each.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.conftest import RECIPE
from tests.faults.site import Site
from tests.models.tiny_marian import tiny_model


@dataclass(frozen=True)
class Scale:
    """How often each thing is done, and for how long."""

    chaos_jobs: int
    chaos_faults: int
    freezes: int
    redis_kills: int
    rounds_of_restarts: int
    overload_seconds: int


SCALES = {
    "short": Scale(1000, 15, 2, 4, 4, 40),
    "long": Scale(50_000, 500, 25, 50, 50, 600),
}
LONG = os.environ.get("KHABAR_FAULTS") == "long"


@pytest.fixture(scope="session")
def scale() -> Scale:
    return SCALES["long" if LONG else "short"]


@pytest.fixture
def make_site() -> Iterator[Callable[..., Site]]:
    """Build sites with the small model installed; close them at the end."""
    sites: list[Site] = []
    # Redis listens on a socket in the folder, and the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="khabar-"))

    def make(**changes: object) -> Site:
        site = Site(folder / f"site-{len(sites)}", **changes)
        sites.append(site)
        site.install(tiny_model(), RECIPE)
        return site

    yield make
    for site in sites:
        site.close()
    shutil.rmtree(folder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if LONG and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(0))
