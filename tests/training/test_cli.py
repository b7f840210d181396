import json
import shutil

import pytest
from typer.testing import CliRunner

from training.cli import app

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
    "install",
    "evaluate",
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
