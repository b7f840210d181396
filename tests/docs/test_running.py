"""docs/running.md and the README agree with the program."""

import re
from pathlib import Path

import pytest

from khabar.settings import Settings

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `KHABAR_([A-Z_]+)` \| (?:`(.*?)`|none) \| (.+) \|$", re.MULTILINE)


def rows() -> dict[str, str | None]:
    found = ROW.findall((ROOT / "docs" / "running.md").read_text("utf-8"))
    return {name.lower(): default or None for name, default, _ in found}


def test_every_setting_stands_in_the_table_in_its_order():
    assert list(rows()) == list(Settings.model_fields)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_default_is_that_of_the_program(name: str):
    default = Settings.model_fields[name].default
    assert rows()[name] == (None if default is None else str(default))


def test_the_paths_of_the_readme_exist():
    text = (ROOT / "README.md").read_text("utf-8")
    paths = set(
        re.findall(r"`((?:khabar|service|workers|training|benchmarks|docs)/[\w./]*)`", text)
    )
    paths |= set(re.findall(r"\]\((?!http)([\w./-]+)\)", text))
    assert len(paths) > 20
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []
