import json

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.engines.steering import Steering
from workers.models.store import InstalledModel


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"eos_token": "</s>"}, [">>rus<<", "a", "</s>"]),
        ({"eos_token": "</s>", "add_source_eos": True}, [">>rus<<", "a"]),
        ({"eos_token": "<end>"}, [">>rus<<", "a", "<end>"]),
    ],
)
def test_the_input_ends_as_the_converted_model_wants(tiny, tmp_path, config, expected):
    (tmp_path / "config.json").write_text(json.dumps(config))
    steering = Steering.of(InstalledModel(tmp_path, tiny.manifest))
    assert steering.input(["a"], Language.RUSSIAN) == expected


def test_what_stands_around_a_text_counts(tiny):
    steering = Steering.of(tiny)
    room = tiny.manifest.max_source_tokens - 2
    assert steering.fits(["a"] * room, Language.RUSSIAN)
    assert not steering.fits(["a"] * (room + 1), Language.RUSSIAN)


def test_a_target_must_be_in_the_manifest(tiny):
    pairs = tuple(pair for pair in tiny.manifest.pairs if pair.target is Language.ENGLISH)
    steering = Steering.of(
        InstalledModel(tiny.folder, tiny.manifest.model_copy(update={"pairs": pairs}))
    )
    steering.require(Language.ENGLISH)
    with pytest.raises(EngineFailed):
        steering.require(Language.RUSSIAN)
