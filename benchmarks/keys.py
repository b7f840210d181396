"""What keys cost: a cached read with one, and a submission that is counted.

Run as ``python -m benchmarks.keys``. Needs ``wrk`` (apt-get install wrk).
"""

import argparse
import asyncio
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.machine import describe_machine
from benchmarks.service import RECIPE, articles, running_bare
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection
from service.embedded.redis_server import RedisServer
from service.embedded.stack import Stack

LIMIT = 1_000_000
_REQUESTS = re.compile(r"(\d+) requests in")


def make_tokens(store_url: str) -> tuple[str, str]:
    """Return the tokens of a key without limits and of one with both."""

    async def make() -> tuple[str, str]:
        connection = service_connection(store_url)
        try:
            ring = KeyRing(connection)
            _, free = await ring.create("free")
            _, limited = await ring.create("limited", rate=LIMIT, daily=LIMIT)
        finally:
            await connection.aclose()
        return free, limited

    return asyncio.run(make())


@contextlib.contextmanager
def running_service(folder: Path, server: RedisServer, *, audit_reads: bool) -> Iterator[Stack]:
    """Start the service where keys are asked for."""
    recipes = folder / "recipes"
    recipes.mkdir(parents=True)
    (recipes / "bench.toml").write_text(RECIPE, "utf-8")
    settings = Settings(
        port=0,
        var_folder=folder / "var",
        recipes_folder=recipes,
        store_url=server.store_url,
        broker_url=server.broker_url,
        require_keys=True,
        audit_reads=audit_reads,
    )
    with Stack(settings, announced=False) as stack:
        yield stack


def client_of(stack: Stack, token: str) -> httpx.Client:
    """Return a client that shows a key."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=stack.url, headers=headers, timeout=60, trust_env=False)


def reads_per_cpu_second(url: str, header: str, seconds: float = 3) -> float:
    """Return the requests answered in a second of the server's own processor time.

    Other work on the machine takes time from the server, but not from this figure.
    """
    process = process_on(httpx.URL(url).port)
    before = cpu_seconds(process)
    command = ["wrk", "-t1", "-c16", f"-d{seconds:g}s", "-H", header, url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = _REQUESTS.search(output)
    if not found or "Non-2xx" in output:
        raise RuntimeError(output)
    return int(found[1]) / (cpu_seconds(process) - before)


def process_on(port: int | None) -> Path:
    """Return the folder in /proc of the uvicorn that was told to listen on this port."""
    wanted = f"\0--port\0{port}\0".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes()
            if b"uvicorn" in command and wanted in command:
                return folder
    raise LookupError(port)


def cpu_seconds(process: Path) -> float:
    """Return the processor time a process has used, in user and kernel mode: proc(5)."""
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_reads(quiet: Stack, audited: Stack, token: str, folder: Path, rounds: int) -> None:
    """Print what cached reads cost the server, as ratios to the bare endpoint of each round."""
    with client_of(quiet, token) as client:
        job = client.post("/v1/jobs", json=articles(1)[0], headers={"Prefer": "wait=30"}).json()
        path = f"/v1/summaries/{job['article_hash']}/ru?recipe=bench"
        answer = client.get(path).raise_for_status()
    header = f"Authorization: Bearer {token}"
    with running_bare(folder, answer.content, quiet.settings.store_url) as bare:
        targets = {
            "bare Starlette endpoint, from memory": f"{bare}/memory",
            "Khabar with a key": f"{quiet.url}{path}",
            "Khabar with a key, reads written down": f"{audited.url}{path}",
        }
        ratios: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(rounds):
            rates = {name: reads_per_cpu_second(url, header) for name, url in targets.items()}
            base = next(iter(rates.values()))
            for name, value in rates.items():
                ratios[name].append(value / base)
    print(f"\nCached reads, {len(answer.content):,} bytes, 16 connections, {rounds} rounds\n")
    print("| endpoint | requests per CPU second, bare = 1 (median) | lowest | highest |")
    print("|---|---|---|---|")
    for name, values in ratios.items():
        row = (statistics.median(values), min(values), max(values))
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in row) + " |")


def measure_submissions(stack: Stack, free: str, limited: str, count: int) -> None:
    """Print what counting adds to a submission whose summaries are there, sent in turns."""
    story = articles(1)[0]
    spent: dict[str, list[float]] = {"without limits": [], "a minute's and a day's limit": []}
    with client_of(stack, free) as one, client_of(stack, limited) as other:
        for number in range(count + 20):
            for name, client in zip(spent, (one, other), strict=True):
                start = time.perf_counter()
                client.post("/v1/jobs", json=story).raise_for_status()
                if number >= 20:
                    spent[name].append(time.perf_counter() - start)
    print(f"\nSubmissions of a cached article, {count} of each in turns\n")
    print("| key | time, without limits = 1 (median) | ms (median) |\n|---|---|---|")
    medians = {name: statistics.median(values) for name, values in spent.items()}
    base = medians["without limits"]
    for name, value in medians.items():
        print(f"| {name} | {value / base:.2f} | {value * 1000:.2f} |")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=500)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.exit(2, "This benchmark needs wrk. Run: apt-get install wrk\n")
    print(describe_machine())
    with tempfile.TemporaryDirectory() as name, RedisServer(Path(name) / "redis") as server:
        folder = Path(name)
        free, limited = make_tokens(server.store_url)
        with (
            running_service(folder / "quiet", server, audit_reads=False) as quiet,
            running_service(folder / "audited", server, audit_reads=True) as audited,
        ):
            measure_reads(quiet, audited, free, folder, options.rounds)
            measure_submissions(quiet, free, limited, options.jobs)


if __name__ == "__main__":
    main()
