"""docs/security.md names tests that exist, and leaves out no risk of the list."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))


def defined(path: Path) -> set[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in tree.body if isinstance(node, kinds)}


@pytest.mark.parametrize(("path", "test"), NAMED)
def test_a_test_that_is_named_exists(path: str, test: str):
    assert (ROOT / path).is_file(), f"docs/security.md names {path}, which does not exist"
    assert test in defined(ROOT / path), f"docs/security.md names {test}, which {path} has not"


def test_every_risk_has_its_row_with_a_test():
    rows = re.findall(r"^\| API(\d+) .+ \| .+ \| (.+) \|$", TEXT, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 11))
    assert all("::test_" in shown for _, shown in rows)


def test_every_threat_has_a_row_with_a_test():
    section = TEXT.split("## What could go wrong")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    assert all("::test_" in row for row in rows)
    # Whatever looks like the name of a test is read by the test above.
    assert len(re.findall("::test_", TEXT)) == len(re.findall(r"`(tests/[\w/]+\.py)::\w+`", TEXT))
