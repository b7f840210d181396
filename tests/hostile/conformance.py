"""Schemathesis against the running service: does it do what openapi.yaml says, and refuse the rest?

Run as a program: ``python -m tests.hostile.conformance --seconds 300``.
"""

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection
from tests.e2e.cluster import Cluster

ROOT = Path(__file__).parents[2]
_HOOKS = "tests.hostile.media_types"
_CONFIG = Path(__file__).with_name("schemathesis.toml")


@contextlib.contextmanager
def locked_cluster(folder: Path) -> Iterator[tuple[Cluster, str]]:
    """Run a service that asks for a key, as the description says; give the key with it."""
    cluster = Cluster(folder, require_keys=True, max_open_computations=1_000_000)
    try:
        token = asyncio.run(_make_key(cluster.settings.store_url))
        cluster.start_api()
        # Jobs have to end, or nobody would see the end of their events.
        cluster.start_worker()
        cluster.wait_until_ready()
        yield cluster, token
    finally:
        cluster.close()


async def _make_key(store_url: str) -> str:
    connection = service_connection(store_url)
    _, token = await KeyRing(connection).create("conformance")
    await connection.aclose()
    return token


def conformance(
    url: str, token: str, folder: Path, seconds: int, seed: int
) -> subprocess.CompletedProcess[str]:
    """Try the service at ``url`` for some seconds: good data and bad, one call and many in turn.

    The process ends with 0 if nothing was found, and tells what was.
    """
    options = {
        "--url": url,
        "--header": f"Authorization: Bearer {token}",
        "--mode": "all",
        "--max-time": str(seconds),
        "--request-timeout": "20",
        "--seed": str(seed),
        "--suppress-health-check": "all",
        "--warnings": "off",
        "--output-sanitize": "false",
    }
    flags = [part for option in options.items() for part in option]
    program = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    return subprocess.run(
        [
            *program,
            *("--no-color", "--config-file", str(_CONFIG)),
            "run",
            str(ROOT / "openapi.yaml"),
            "--continue-on-failure",
            *flags,
        ],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": _HOOKS},
        capture_output=True,
        text=True,
        check=False,
    )


def main() -> int:
    """Try a service of its own, and print what was found."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with locked_cluster(folder) as (cluster, token):
            found = conformance(cluster.url, token, folder, chosen.seconds, chosen.seed)
    print(found.stdout, found.stderr)  # noqa: T201 -- a program's result.
    return found.returncode


if __name__ == "__main__":
    sys.exit(main())
