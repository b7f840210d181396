import json

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
