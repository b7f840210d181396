"""docker/ agrees with itself and with the program. No container engine is needed to see it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from khabar.queues import Stage
from khabar.settings import Settings
from service.cli.app import build

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text("utf-8"))
PARTS: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVICES = {name: part for name, part in PARTS.items() if "profiles" not in part}
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
WORKERS = [name for name in SERVICES if SERVICES[name].get("image") == "khabar-worker"]


def seconds(text: str) -> float:
    assert text.endswith("s")
    return float(text[:-1])


def stages_of(name: str) -> set[str]:
    return set(SERVICES[name]["command"]) & set(Stage)


def test_every_stage_has_a_worker():
    assert set().union(*(stages_of(name) for name in WORKERS)) == set(Stage)


@pytest.mark.parametrize("name", WORKERS)
def test_a_worker_is_given_longer_to_stop_than_it_takes(name: str):
    soft = float(SERVICES[name]["environment"]["KHABAR_SOFT_SHUTDOWN_SECONDS"])
    assert seconds(SERVICES[name]["stop_grace_period"]) >= soft + 15


@pytest.mark.parametrize("name", SERVICES)
def test_every_part_has_a_health_check_and_comes_back(name: str):
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "redis"])
def test_every_part_of_ours_waits_for_redis_and_knows_where_it_is(name: str):
    assert SERVICES[name]["depends_on"] == {"redis": {"condition": "service_healthy"}}
    for variable, value in SERVICES[name]["environment"].items():
        assert variable.removeprefix("KHABAR_").lower() in Settings.model_fields
        assert isinstance(value, str)
    assert f"AS {SERVICES[name]['build']['target']}\n" in DOCKERFILE


@pytest.mark.parametrize("name", PARTS)
def test_no_part_is_root_or_writes_to_its_own_files_or_takes_what_it_likes(name: str):
    part = PARTS[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert part["tmpfs"]
    assert part["pids_limit"] > 0
    assert part["mem_limit"]
    # Those of ours are built from the Dockerfile, which ends with a user of its own.
    assert part["image"].startswith("khabar-") or not part["user"].startswith(("0", "root"))


def test_redis_keeps_what_it_is_given():
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    # Redis refuses others than its own machine while it has no password, unless it is told not to.
    assert "--protected-mode no" in command
    assert "redis:/data" in SERVICES["redis"]["volumes"]
    assert "ports" not in SERVICES["redis"]


def test_only_this_machine_reaches_the_published_port():
    assert SERVICES["service"]["ports"] == ["127.0.0.1:8000:8000"]


def test_models_are_installed_where_there_is_torch_and_for_every_worker():
    tool = PARTS["models"]
    assert tool["profiles"] == ["tools"]
    assert tool["restart"] == "no"
    assert f"AS {tool['build']['target']}\n" in DOCKERFILE
    (extra,) = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]["torch"]
    assert set(re.findall(r"torch==\S+", DOCKERFILE)) == {extra}
    for name in WORKERS:
        assert set(tool["volumes"]) == set(SERVICES[name]["volumes"])


def test_volumes_that_are_used_are_declared():
    used = {volume.split(":")[0] for part in PARTS.values() for volume in part.get("volumes", ())}
    files = {source for source in used if source.startswith("./")}
    assert used - files == COMPOSE["volumes"].keys()
    assert all((ROOT / "docker" / source).exists() for source in files)


def commands() -> list[list[str]]:
    parts = [
        command
        for part in SERVICES.values()
        for command in (part.get("command", ()), part["healthcheck"]["test"][1:])
    ]
    written = re.findall(r"CMD \[(.*)\]", DOCKERFILE)
    parts += [re.findall(r'"([^"]+)"', command) for command in written]
    return [command[1:] for command in parts if command and command[0] == "khabar"]


def test_the_commands_exist():
    assert len(commands()) >= 8
    for command in commands():
        result = CliRunner().invoke(build(), [*command, "--help"])
        assert result.exit_code == 0, command


def test_the_images_do_not_run_as_root_and_have_no_build_tools():
    base = DOCKERFILE.split(" AS base\n")[1]
    assert re.search(r"^USER [1-9]\d*$", base, re.MULTILINE)
    assert "pip" not in base
    assert "--require-hashes" in DOCKERFILE
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {
        "python:3.11-slim-bookworm",
        "build",
        "base",
    }


def test_what_is_copied_exists_and_is_not_ignored():
    kept = (ROOT / "docker" / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    assert len(sources) >= 8
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source.split('/')[0]}" in kept
