import json
import shutil

import pytest
from typer.testing import CliRunner

from khabar.recipe import RecipeBook
from training.cli import app
from training.evaluate import Evaluation
from workers.protocols import Decoding

STEPS = (
    "prepare",
    "vocabulary",
    "pack",
    "unpack",
    "train",
    "gpu",
    "cores",
    "export",
    "join",
    "reopen",
    "install",
    "evaluate",
    "doubt",
    "small",
)


def test_no_step_is_left_out():
    assert {command.callback.__name__ for command in app.registered_commands} == set(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_tells_what_it_does(step):
    result = CliRunner().invoke(app, [step, "--help"])

    assert result.exit_code == 0
    assert "Usage" in result.output


def test_unpack_checks_a_pack(packed):
    result = CliRunner().invoke(app, ["unpack", "--folder", str(packed.folder)])

    assert result.exit_code == 0
    assert json.loads(result.output)["examples"] == len(packed.sources)


def test_a_pack_is_looked_for_where_the_steps_keep_their_files(packed, tmp_path, monkeypatch):
    shutil.copytree(packed.folder, tmp_path / "pack")
    monkeypatch.setattr(
        "training.train.train", lambda _, pack, run, __, **___: [str(pack.folder), str(run)]
    )

    result = CliRunner().invoke(app, ["train", "--budget", "1", "--work", str(tmp_path)])

    assert json.loads(result.output) == [str(tmp_path / "pack"), str(tmp_path / "run")]


def test_what_comes_with_khabar_is_scored_as_its_recipe_searches(monkeypatch):
    asked = {}

    def evaluate(models, newsbank, evaluation, decoding, limit, *, hints, channel_weights):
        asked.update(models=models, decoding=decoding, weights=channel_weights)
        return Evaluation("none", decoding, channel_weights, (), ())

    monkeypatch.setattr("training.evaluate.evaluate", evaluate)
    recipe = RecipeBook.load(None, "builtin").default

    assert CliRunner().invoke(app, ["evaluate"]).exit_code == 0

    assert [model.manifest.id for model in asked["models"]] == [one.id for one in recipe.models]
    assert asked["decoding"] == Decoding(**recipe.decoding.model_dump())

    assert asked["weights"] == recipe.channel_weights
    assert any(recipe.channel_weights.values())

    CliRunner().invoke(
        app, ["evaluate", "--beam", "1", "--length-penalty", "0", "--channel-weight", "0"]
    )

    assert set(asked["weights"].values()) == {0}
    assert (asked["decoding"].beam_size, asked["decoding"].length_penalty) == (1, 0)


def test_a_store_without_models_is_named(tmp_path):
    result = CliRunner().invoke(app, ["evaluate", "--models", str(tmp_path)])

    assert result.exit_code == 2
    assert "no model in" in result.output
