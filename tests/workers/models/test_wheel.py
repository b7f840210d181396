"""The wheel holds what is no Python: the models, the recipes with the card, and the licences."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import workers
from workers.models.store import SHIPPED

ROOT = Path(workers.__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_models_and_their_card_are_in_the_wheel(names):
    shipped = {str(path.relative_to(ROOT)) for path in SHIPPED.rglob("*") if path.is_file()}
    assert len(shipped) > 10
    assert shipped <= names
    assert {"khabar/recipes/builtin.toml", "khabar/recipes/builtin.md"} <= names


def test_both_licences_are_in_the_wheel(names):
    licences = {name.partition("/licenses/")[2] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "workers/shipped/LICENSE"}


def test_what_only_makes_models_is_not_in_the_wheel(names):
    assert not [name for name in names if name.startswith(("training/", "tests/", "benchmarks/"))]
