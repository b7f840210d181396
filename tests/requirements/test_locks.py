"""The locks fit what the project declares, and hold nothing they must not."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"^([\w.-]+)==([\w.+!-]+)", re.MULTILINE)


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pins(name: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for package, version in PIN.findall(lock(name)):
        found.setdefault(canonicalize_name(package), set()).add(Version(version))
    return found


@pytest.mark.parametrize("declared", PROJECT["project"]["dependencies"])
def test_the_runtime_lock_holds_every_dependency(declared: str):
    requirement = Requirement(declared)
    versions = pins("runtime")[canonicalize_name(requirement.name)]
    assert all(version in requirement.specifier for version in versions)


@pytest.mark.parametrize("name", ["runtime", "build", "dev", "audit"])
def test_no_lock_holds_torch_or_names_a_host(name: str):
    assert not [pin for pin in pins(name) if re.match(r"torch|nvidia|triton", pin)]
    assert "://" not in lock(name)
    assert "--index" not in lock(name)


@pytest.mark.parametrize("name", ["runtime", "build", "dev", "audit"])
def test_every_pin_has_a_hash(name: str):
    entries = re.split(r"^(?=[\w.-]+==)", lock(name), flags=re.MULTILINE)[1:]
    assert len(entries) == len(PIN.findall(lock(name)))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_agree_with_each_other():
    runtime = pins("runtime")
    for name in ("build", "dev", "audit"):
        shared = runtime.keys() & pins(name).keys()
        assert {package: pins(name)[package] - runtime[package] for package in shared} == {
            package: set() for package in shared
        }


def test_the_makefile_installs_the_torch_that_is_declared():
    (declared,) = PROJECT["project"]["optional-dependencies"]["torch"]
    assert f"TORCH = {declared}\n" in (ROOT / "Makefile").read_text("utf-8")
