"""The seeds of the fuzzer, and what it has found, go through its targets; no fuzzer is needed."""

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
SEEDS = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("seed", SEEDS)
def test_seed(seed: str):
    TARGETS[seed.partition("/")[0]]((CORPUS / seed).read_bytes())


def test_every_target_has_seeds():
    assert {seed.partition("/")[0] for seed in SEEDS} == set(TARGETS)
