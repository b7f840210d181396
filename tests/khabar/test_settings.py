"""Where settings come from, and which wins."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from khabar.settings import Settings


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "khabar_store_url").write_text("rediss://service:secret@redis:6379/0\n")
    (tmp_path / "khabar_openai_key").write_text("key\n")
    monkeypatch.setenv("KHABAR_SECRETS_FOLDER", str(tmp_path))
    return tmp_path


def test_settings_are_read_from_files(secrets: Path):
    settings = Settings()
    assert settings.store_url == "rediss://service:secret@redis:6379/0"
    assert settings.openai_key is not None
    assert settings.openai_key.get_secret_value() == "key"
    assert settings.broker_url == "redis://127.0.0.1:6379/0"
    assert settings.secrets_folder == secrets


def test_a_variable_comes_before_a_file_and_code_before_both(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("KHABAR_STORE_URL", "redis://variable/0")
    assert Settings().store_url == "redis://variable/0"
    assert Settings(store_url="redis://code/0").store_url == "redis://code/0"


def test_a_folder_that_is_not_there_is_refused(secrets: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KHABAR_SECRETS_FOLDER", str(secrets / "absent"))
    with pytest.raises(ValidationError, match="secrets_folder"):
        Settings()
