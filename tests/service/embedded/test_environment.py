import os
from pathlib import Path

import pytest

from khabar.settings import Settings
from service.embedded.environment import child_environment


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return Settings(
        store_url="unix:///a b.sock?db=0",
        port=0,
        require_keys=True,
        var_folder=tmp_path / "var",
        lease_seconds=1.5,
    )


def test_a_child_reads_the_same_settings(chosen: Settings, monkeypatch: pytest.MonkeyPatch):
    for name, value in child_environment(chosen, {}).items():
        monkeypatch.setenv(name, value)
    assert Settings() == chosen


def test_what_the_parent_does_not_have_the_child_does_not_get(chosen: Settings):
    base = {"KHABAR_RECIPES_FOLDER": "elsewhere", "khabar_port": "1", "HOME": "/home"}
    environment = child_environment(chosen, base)
    assert "KHABAR_RECIPES_FOLDER" not in environment
    assert "khabar_port" not in environment
    assert environment["HOME"] == "/home"


def test_paths_are_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    environment = child_environment(Settings(var_folder=Path("var")), {})
    assert environment["KHABAR_VAR_FOLDER"] == str(tmp_path / "var")


def test_a_python_path_of_the_user_is_kept_behind_ours(chosen: Settings):
    ours, theirs = child_environment(chosen, {"PYTHONPATH": "/theirs"})["PYTHONPATH"].split(
        os.pathsep
    )
    assert (Path(ours) / "khabar" / "settings.py").is_file()
    assert theirs == "/theirs"


def test_a_secret_that_lies_in_a_file_does_not_enter_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "khabar_store_url").write_text("rediss://service:hunter2@redis/0\n")
    (tmp_path / "khabar_openai_key").write_text("hunter2")
    settings = Settings(secrets_folder=tmp_path, var_folder=tmp_path / "var")
    environment = child_environment(settings, {})
    assert not [value for value in environment.values() if "hunter2" in value]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings

    elsewhere = settings.model_copy(update={"store_url": "unix:///own.sock"})
    assert child_environment(elsewhere, {})["KHABAR_STORE_URL"] == "unix:///own.sock"
