"""Settings handed on to processes of our own, as environment variables."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from khabar.settings import Settings

_PROJECT = Path(__file__).parents[2]


def child_environment(settings: Settings, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment in which a child of this process has exactly these settings.

    Paths are made absolute, since a child works in another folder. What a file of the secrets
    folder says, the child reads there itself.
    """
    names = {f"KHABAR_{name.upper()}": name for name in Settings.model_fields}
    environment = {name: value for name, value in base.items() if name.upper() not in names}
    secrets = settings.in_files()
    for variable, name in names.items():
        value = getattr(settings, name)
        if value is not None and _written(value) != secrets.get(name):
            environment[variable] = _written(value)
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(_PROJECT), environment.get("PYTHONPATH", "")))
    )
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value.resolve() if isinstance(value, Path) else value)
