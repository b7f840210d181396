"""A running service, and the command line on it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from khabar.settings import Settings
from service.cli.app import build
from service.embedded.stack import Stack

Khabar = Callable[..., Result]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = Settings(
        var_folder=tmp_path_factory.mktemp("cli") / "var", port=0, soft_shutdown_seconds=1
    )
    with Stack(settings) as stack:
        yield stack


@pytest.fixture
def khabar(tmp_path: Path) -> Khabar:
    """Run a command on a folder where nothing runs."""
    return _runner({"KHABAR_VAR_FOLDER": str(tmp_path / "var")})


@pytest.fixture
def khabar_on_stack(stack: Stack) -> Khabar:
    """Run a command on the folder of the running service."""
    return _runner({"KHABAR_VAR_FOLDER": str(stack.settings.var_folder)})


def _runner(environment: Mapping[str, str]) -> Khabar:
    def run(*arguments: str, stdin: bytes | None = None, **more: str) -> Result:
        return CliRunner().invoke(build(), arguments, input=stdin, env={**environment, **more})

    return run
