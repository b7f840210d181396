import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from khabar.errors import ModelMissing
from workers.models.space import require_space


def free(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every disk tell that it has so many bytes for an ordinary user."""
    disk = SimpleNamespace(f_bavail=count // 1000, f_frsize=1000, f_bfree=10**12)
    monkeypatch.setattr(os, "statvfs", lambda _: disk)


def test_what_is_needed_and_what_is_free_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    free(1_000_000_000, monkeypatch)
    with pytest.raises(ModelMissing, match=r"2\.50 GB are needed and 1\.00 GB are free") as missing:
        require_space(tmp_path, 2_500_000_000)
    assert (missing.value.limit, missing.value.given) == (1_000_000_000, 2_500_000_000)


def test_enough_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    free(1_000_000, monkeypatch)
    place = tmp_path / "not" / "there" / "yet"
    require_space(place, 1_000_000)
    assert not place.exists(), "looking makes no folder"
