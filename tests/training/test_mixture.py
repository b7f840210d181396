from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from khabar.languages import Language
from training.config import MixConfig, Phase
from training.mixture import MixEmpty, Mixture, shares
from training.pairs import TRAIN, VALIDATION
from training.unpacking import Group

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
GROUPS = [
    Group(TRAIN, "news", EN, RU),
    Group(TRAIN, "docs", EN, RU),
    Group(TRAIN, "news", EN, AR),
    Group(VALIDATION, "news", EN, RU),
]
MIX = MixConfig(
    temperature=1.0,
    directions={"en-ru": 1.0, "en-ar": 1.0},
    phases=(Phase(0.5, {"news": 1.0, "docs": 1.0}), Phase(1.0, {"news": 1.0})),
)


def test_directions_share_evenly_and_sources_by_size():
    found = shares(GROUPS, [100, 300, 50, 10], MIX, progress=0.0)

    np.testing.assert_allclose(found, [0.125, 0.375, 0.5, 0.0])


def test_temperature_lifts_small_sources():
    warm = replace(MIX, temperature=2.0)

    found = shares(GROUPS, [100, 400, 50, 10], warm, progress=0.0)

    np.testing.assert_allclose(found[0] / found[1], 1 / 2)


def test_the_last_phase_is_news_alone():
    found = shares(GROUPS, [100, 300, 50, 10], MIX, progress=0.7)

    np.testing.assert_allclose(found, [0.5, 0.0, 0.5, 0.0])


def test_nothing_to_draw_from():
    with pytest.raises(MixEmpty):
        shares(GROUPS[3:], [10], MIX, progress=0.0)


def test_no_example_comes_again_before_the_others(packed, config):
    mixture = Mixture(packed, config.mix, seed=1)

    drawn = Counter(mixture.draw(20000, 0.0).tolist())

    # Of some groups every example may be longer than the tiny model reads.
    for number in np.unique(packed.groups).tolist():
        group = packed.groups_known[number]
        times = [drawn[position] for position in np.flatnonzero(packed.groups == number).tolist()]
        assert max(times) - min(times) <= 1
        assert group.split == TRAIN or max(times) == 0


def test_the_same_seed_draws_the_same(packed, config):
    one, other = (Mixture(packed, config.mix, seed=5).draw(100, 0.0) for _ in range(2))

    assert one.tolist() == other.tolist()
