"""``khabar models`` on a recipe of its own, with the hub on loopback."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.hub.server import COMMIT, HubServer
from tests.service.cli.conftest import Khabar

RECIPE = f"""
name = "desk"
[summarizer]
kind = "extractive"
[[models]]
id = "desk/en-ru"
revision = "{COMMIT}"
licence = "CC-BY-4.0"
engine = "hf"
pairs = [["en", "ru"]]
"""
FILES = {
    "config.json": b'{"architectures": ["MarianMTModel"]}',
    "model.safetensors": b"weights" * 1000,
}

Models = Callable[..., Result]


@pytest.fixture
def models(khabar: Khabar, tmp_path: Path) -> Models:
    folder = tmp_path / "recipes"
    folder.mkdir()
    (folder / "desk.toml").write_text(RECIPE)

    def run(*arguments: str, **environment: str) -> Result:
        own = {"KHABAR_RECIPES_FOLDER": str(folder), "NO_PROXY": "127.0.0.1"}
        return khabar("models", *arguments, **own, **environment)

    return run


def test_a_model_is_pulled_verified_and_removed(
    models: Models, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    with HubServer(FILES, token="hf_secret") as hub:
        pulled = models("pull", "desk", HF_ENDPOINT=hub.url, HF_TOKEN="hf_secret")
        again = models("pull", "desk", "--json", HF_ENDPOINT=hub.url)
    assert (pulled.exit_code, pulled.stdout) == (0, "Installed desk/en-ru\n")
    told = capfd.readouterr().err
    assert "Downloading desk/en-ru@0123456789ab, 0.0 MB" in told
    assert "hf_secret" not in told
    assert json.loads(again.stdout) == {
        "recipe": "desk",
        "installed": [],
        "present": ["desk/en-ru"],
    }
    sound = models("verify", "--json")
    assert sound.exit_code == 0
    found = {row["id"]: row["damaged"] for row in json.loads(sound.stdout)}
    assert found == {
        "desk/en-ru": [],
        "khabar/builtin-from-english": [],
        "khabar/builtin-into-english": [],
    }

    (tmp_path / "var/models/desk--en-ru/model.safetensors").write_bytes(b"other")
    damaged = models("verify", "desk/en-ru")
    assert damaged.exit_code == 1
    assert damaged.stdout == f"desk/en-ru@{COMMIT}  damaged: model.safetensors\n"

    removed = models("remove", "desk/en-ru")
    assert (removed.exit_code, removed.stdout.splitlines()[0]) == (0, "Removed desk/en-ru")
    missing = models("remove", "desk/en-ru", "--json")
    assert (missing.exit_code, json.loads(missing.stdout)["error"]["code"]) == (1, "model_missing")


def test_what_the_hub_refuses_is_told_with_the_exit_code(models: Models):
    with HubServer(FILES, refusal=(403, "GatedRepo")) as hub:
        gated = models("pull", "desk", "--json", HF_ENDPOINT=hub.url)
    error = json.loads(gated.stdout)["error"]
    assert (gated.exit_code, error["code"]) == (1, "model_missing")
    assert "HF_TOKEN" in error["hint"]


def test_offline_nothing_is_pulled(models: Models):
    offline = models("pull", "desk", "--json", HF_HUB_OFFLINE="1")
    error = json.loads(offline.stdout)["error"]
    assert (offline.exit_code, error["code"]) == (1, "model_missing")
    assert "HF_HUB_OFFLINE" in error["message"]


def test_what_comes_with_khabar_cannot_be_removed(models: Models):
    result = models("remove", "khabar/builtin-into-english", "--json")
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error["code"]) == (2, "field_invalid")
    assert "comes with khabar" in error["message"]
