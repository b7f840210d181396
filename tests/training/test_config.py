from pathlib import Path

import pytest

import training
from training.config import ConfigInvalid, parse_config, read_config
from training.noise import KINDS

CONFIGS = sorted((Path(training.__file__).parent / "configs").glob("*.toml"))


def table(**changes):
    import tomllib

    found = tomllib.loads(CONFIGS[0].read_text(encoding="utf-8"))
    return found | changes


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_configuration_is_whole(path):
    found = read_config(path)

    assert set(found.noise) <= KINDS
    assert found.model.width % found.model.heads == 0
    assert set(found.mix.directions) == {"en-ru", "en-ar", "ru-en", "ru-ar", "ar-en", "ar-ru"}


def test_the_configurations_are_there():
    assert [path.stem for path in CONFIGS] == ["cores", "full", "small", "tiny"]


def test_only_a_run_on_cores_says_how_it_is_spread():
    found = {path.stem: read_config(path).cores for path in CONFIGS}

    assert found.pop("cores").positions > 0
    assert set(found.values()) == {None}


def test_a_mistake_in_what_may_be_left_out_is_named():
    with pytest.raises(ConfigInvalid, match=r"cores\.: missing or unknown: .*positions"):
        parse_config(table() | {"cores": {"processes": 2}})


@pytest.mark.parametrize(
    ("full", "said"),
    [
        ({"en-fr": 1.0}, "en-fr"),
        ({"en-ru": 0}, "not above 0: en-ru"),
        ({"ru-en": 1.0}, "ar-en is missing"),
    ],
)
def test_what_is_marked_as_full_is_of_all_directions_into_a_language(full, said):
    learnt = table()
    learnt["mix"]["directions"] = dict.fromkeys(("en-ru", "ru-en", "ar-en"), 1.0)

    with pytest.raises(ConfigInvalid, match=f"^full: .*{said}"):
        parse_config(learnt | {"full": full})
    assert parse_config(learnt | {"full": {"en-ru": 1.1}}).full == {"en-ru": 1.1}


def test_an_unknown_key_is_named():
    wrong = table()
    wrong["train"]["batch_tokns"] = 5

    with pytest.raises(ConfigInvalid, match=r"train.*batch_tokns"):
        parse_config(wrong)


def test_a_missing_table_is_named():
    wrong = table()
    del wrong["mix"]

    with pytest.raises(ConfigInvalid, match="mix"):
        parse_config(wrong)


def test_a_number_is_not_taken_for_a_word():
    wrong = table()
    wrong["train"]["device"] = 5

    with pytest.raises(ConfigInvalid, match=r"train\.device: str"):
        parse_config(wrong)


def test_the_phases_cover_the_whole_budget():
    wrong = table()
    wrong["mix"]["phases"][-1]["until"] = 0.9

    with pytest.raises(ConfigInvalid, match="until 1"):
        parse_config(wrong)


def test_positions_cover_the_longest_text():
    wrong = table()
    wrong["train"]["max_length"] = wrong["model"]["positions"] - 7
    parse_config(wrong)
    wrong["model"]["positions"] -= 1

    with pytest.raises(ConfigInvalid, match="positions"):
        parse_config(wrong)
