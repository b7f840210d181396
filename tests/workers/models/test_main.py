"""``python -m workers.models``, called as a function."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from workers.models.__main__ import main
from workers.models.disk import refused
from workers.models.manifest import MANIFEST_NAME

RECIPE = """
name = "two"
[summarizer]
kind = "extractive"
[[models]]
id = "desk/en-ru"
revision = "r1"
licence = "CC-BY-4.0"
pairs = [["en", "ru"]]
[[models]]
id = "desk/en-ar"
revision = "r2"
licence = "CC-BY-4.0"
pairs = [["en", "ar"]]
"""


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "recipes").mkdir()
    (tmp_path / "recipes" / "two.toml").write_text(RECIPE)
    monkeypatch.setenv("KHABAR_RECIPES_FOLDER", str(tmp_path / "recipes"))
    monkeypatch.setenv("KHABAR_VAR_FOLDER", str(tmp_path / "var"))

    def _ask(*arguments: str) -> tuple[int, Any]:
        code = main(arguments)
        return code, json.loads(capsys.readouterr().out)

    return _ask


def converted(folder: Path, card: dict[str, Any] | None = None) -> Path:
    """Write what looks like a model that CTranslate2 wrote."""
    folder.mkdir(parents=True)
    for name in ("model.bin", "shared_vocabulary.json", "source.spm", "target.spm"):
        (folder / name).write_bytes(name.encode())
    (folder / "config.json").write_text("{}")
    if card is not None:
        (folder / "card.json").write_text(json.dumps(card))
    return folder


def test_what_recipes_ask_for_is_listed(ask):
    code, answer = ask("list")
    assert code == 0
    rows = {row["id"]: row for row in answer["result"]["models"]}
    assert rows.keys() >= {"desk/en-ar", "desk/en-ru"}
    assert rows["desk/en-ru"] == {
        "id": "desk/en-ru",
        "revision": "r1",
        "licence": "CC-BY-4.0",
        "installed": False,
        "bytes": None,
        "recipes": ["two"],
    }


def test_models_are_installed_once_from_a_folder_of_folders(ask, tmp_path: Path):
    card = {"architecture": "MarianMTModel", "licence": "of the folder", "max_source_tokens": 99}
    converted(tmp_path / "in" / "desk--en-ru", card)
    converted(tmp_path / "in" / "desk--en-ar", card)
    pull = ("pull", "two", "--from", str(tmp_path / "in"))
    assert ask(*pull) == (
        0,
        {"result": {"recipe": "two", "installed": ["desk/en-ru", "desk/en-ar"], "present": []}},
    )
    _, again = ask(*pull)
    assert again["result"]["present"] == ["desk/en-ru", "desk/en-ar"]
    manifest = json.loads((tmp_path / "var/models/desk--en-ru" / MANIFEST_NAME).read_text())
    assert (manifest["licence"], manifest["max_source_tokens"]) == ("CC-BY-4.0", 99)
    _, listed = ask("list")
    assert {row["id"]: row["installed"] for row in listed["result"]["models"]}["desk/en-ru"]


def test_an_installed_model_can_be_carried_to_another_machine(
    ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("desk--en-ru", "desk--en-ar"):
        converted(tmp_path / "in" / name, {"architecture": "MarianMTModel"})
    ask("pull", "two", "--from", str(tmp_path / "in"))
    monkeypatch.setenv("KHABAR_VAR_FOLDER", str(tmp_path / "elsewhere"))
    _, answer = ask("pull", "two", "--from", str(tmp_path / "var" / "models"))
    assert answer["result"]["installed"] == ["desk/en-ru", "desk/en-ar"]


def test_a_folder_that_lacks_a_model_is_refused(ask, tmp_path: Path):
    converted(tmp_path / "in" / "desk--en-ar", {"architecture": "MarianMTModel"})
    code, answer = ask("pull", "two", "--from", str(tmp_path / "in"))
    assert code == 2
    assert answer["error"]["limit"] == "desk--en-ru"


def test_a_models_folder_that_cannot_be_written_to_is_named(ask, tmp_path: Path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "models").write_text("not a folder")
    code, answer = ask("pull", "two", "--from", str(tmp_path))
    assert code == 1
    assert answer["error"]["code"] == "disk_refused"
    assert answer["error"]["given"] == str(tmp_path / "var" / "models")


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.EACCES, f"the id {os.geteuid()},"), (errno.EROFS, "KHABAR_VAR_FOLDER")],
)
def test_what_to_do_depends_on_what_the_disk_says(number: int, hint: str):
    error = refused(OSError(number, os.strerror(number), "/models/.lock"))
    assert hint in str(error.hint)
    assert error.given == "/models/.lock"


@pytest.mark.parametrize(
    ("card", "told"),
    [(None, "architecture"), ({"architecture": "M", "tokenizer": "magic"}, "tokenizer")],
)
def test_what_the_folder_does_not_tell_is_named(ask, tmp_path: Path, card, told: str):
    converted(tmp_path / "in" / "desk--en-ru", {"architecture": "MarianMTModel"})
    converted(tmp_path / "in" / "desk--en-ar", card)
    code, answer = ask("pull", "two", "--from", str(tmp_path / "in"))
    assert (code, answer["error"]["code"]) == (2, "field_invalid")
    assert told in answer["error"]["message"]
    assert "docs/models.md" in answer["error"]["hint"]
    assert not (tmp_path / "var/models/desk--en-ru").exists()


def test_a_recipe_that_is_not_there_is_told(ask):
    code, answer = ask("pull", "three")
    assert (code, answer["error"]["code"]) == (2, "recipe_unknown")


def test_a_name_that_can_move_is_refused_before_anything_is_asked(ask):
    code, answer = ask("pull", "two")
    assert (code, answer["error"]["code"]) == (2, "recipe_invalid")
    assert answer["error"]["given"] == "r1"


def test_models_that_may_not_be_used_commercially_are_refused(
    ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    recipe = tmp_path / "recipes" / "two.toml"
    recipe.write_text(RECIPE.replace("CC-BY-4.0", "CC-BY-NC-4.0"))
    for name in ("desk--en-ru", "desk--en-ar"):
        converted(tmp_path / "in" / name, {"architecture": "MarianMTModel"})
    pull = ("pull", "two", "--from", str(tmp_path / "in"))
    code, answer = ask(*pull)
    assert (code, answer["error"]["code"]) == (2, "licence_refused")
    monkeypatch.setenv("KHABAR_ALLOW_NONCOMMERCIAL", "true")
    assert ask(*pull)[0] == 0


@pytest.fixture
def installed(ask, tmp_path: Path) -> Path:
    for name in ("desk--en-ru", "desk--en-ar"):
        converted(tmp_path / "in" / name, {"architecture": "MarianMTModel"})
    assert ask("pull", "two", "--from", str(tmp_path / "in"))[0] == 0
    return tmp_path / "var" / "models"


def test_damage_is_found_and_mended_by_pulling_again(ask, installed: Path, tmp_path: Path):
    (installed / "desk--en-ru" / "model.bin").write_bytes(b"changed")
    code, answer = ask("verify")
    assert code == 0
    found = {row["id"]: row["damaged"] for row in answer["result"]["models"]}
    assert {name: files for name, files in found.items() if files} == {"desk/en-ru": ["model.bin"]}
    assert found.keys() >= {"desk/en-ar", "khabar/builtin-from-english"}
    _, pulled = ask("pull", "two", "--from", str(tmp_path / "in"))
    assert pulled["result"]["installed"] == ["desk/en-ru"]
    assert ask("verify", "desk/en-ru")[1]["result"]["models"] == [
        {"id": "desk/en-ru", "revision": "r1", "shipped": False, "damaged": []}
    ]


def test_a_model_that_is_not_there_cannot_be_verified_or_removed(ask, installed: Path):
    for command in ("verify", "remove"):
        code, answer = ask(command, "desk/other")
        assert (code, answer["error"]["code"]) == (1, "model_missing")
    assert ask("remove", "not an id")[0] == 2


def test_a_model_is_removed_with_what_was_downloaded_of_it(ask, installed: Path):
    part = installed / ".downloads" / "desk--en-ru@abc" / "model.safetensors.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * 1000)
    code, answer = ask("remove", "desk/en-ru")
    assert (code, answer["result"]["removed"]) == (0, ["desk/en-ru"])
    assert answer["result"]["bytes"] > 1000
    assert not part.parent.exists()
    _, listed = ask("list")
    rows = {row["id"]: row["installed"] for row in listed["result"]["models"]}
    assert (rows["desk/en-ru"], rows["desk/en-ar"]) == (False, True)


def test_what_a_killed_installation_left_is_cleared(ask, installed: Path):
    left = installed / ".installing-killed" / "model"
    left.mkdir(parents=True)
    assert ask("pull", "two")[1]["result"]["present"] == ["desk/en-ru", "desk/en-ar"]
    assert not left.exists()
