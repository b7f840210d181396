import pytest

from khabar.errors import FieldInvalid
from service.cli.chosen_settings import read_settings


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KHABAR_PORT", "81")
    assert read_settings(port=None).port == 81
    assert read_settings(port=82).port == 82


def test_a_setting_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KHABAR_PORT", "eighty")
    with pytest.raises(FieldInvalid) as refused:
        read_settings()
    assert (refused.value.field, refused.value.given) == ("port", "eighty")
    assert "KHABAR_PORT" in (refused.value.hint or "")
