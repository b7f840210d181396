"""What the service costs: cached reads beside bare endpoints, and a job beside its model's time.

Run as ``python -m benchmarks.service``. Needs ``wrk`` (apt-get install wrk).
"""

import argparse
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import redis

from benchmarks.machine import describe_machine
from khabar.settings import Settings
from service.embedded.address import free_port
from service.embedded.child import Child
from service.embedded.stack import Stack
from training.items import read_items

NEWSBANK = Path(__file__).parents[1] / "training" / "newsbank"
RECIPE = """
name = "bench"
description = "The extractive summarizer, and a translator that costs next to nothing."
summarizer = {kind = "extractive"}

[[models]]
id = "fake"
revision = "1"
licence = "none"
engine = "fake"
pairs = [["en", "ru"], ["en", "ar"]]
"""
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")


def articles(count: int) -> list[dict[str, object]]:
    """Return English stories of the newsbank, as they are posted."""
    return [
        {"headline": item.headlines["en"], "text": "\n".join(item.body["en"]), "recipe": "bench"}
        for item in read_items(NEWSBANK)[:count]
    ]


@contextlib.contextmanager
def running_service(folder: Path) -> Iterator[Stack]:
    """Start the whole service in a folder of its own."""
    recipes = folder / "recipes"
    recipes.mkdir()
    (recipes / "bench.toml").write_text(RECIPE, "utf-8")
    settings = Settings(port=0, var_folder=folder / "var", recipes_folder=recipes)
    with Stack(settings, announced=False) as stack:
        yield stack


@contextlib.contextmanager
def running_bare(folder: Path, body: bytes, store_url: str) -> Iterator[str]:
    """Start the bare endpoints under the same server with the same options."""
    (folder / "body").write_bytes(body)
    with redis.Redis.from_url(store_url) as store:
        store.set("bare", body)
    port = free_port("127.0.0.1", 0)
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare:create", "--factory",
               "--no-access-log", "--http", "httptools", "--loop", "uvloop",
               "--port", str(port)]  # fmt: skip
    environment = os.environ | {
        "BARE_BODY": str(folder / "body"),
        "BARE_STORE": store_url,
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    child = Child("bare", command, environment, folder / "bare.log", 10)
    child.start()
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/memory")
        yield url
    finally:
        child.stop()


def _wait_for(url: str) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False).is_success:
                return
        time.sleep(0.05)
    raise TimeoutError(url)


def rate(url: str, seconds: float) -> float:
    """Return the requests a second that one client thread with 16 connections gets answered."""
    command = ["wrk", "-t1", "-c16", f"-d{seconds:g}s", url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if _BAD.search(output):
        raise RuntimeError(output)
    found = _RATE.search(output)
    if not found:
        raise RuntimeError(output)
    return float(found[1])


def measure_reads(stack: Stack, folder: Path, rounds: int, seconds: float) -> None:
    """Print the rate of cached reads, as ratios to the bare endpoint of the same round."""
    with httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as client:
        job = client.post("/v1/jobs", json=articles(1)[0], headers={"Prefer": "wait=30"}).json()
        path = f"/v1/summaries/{job['article_hash']}/ru?recipe=bench"
        answer = client.get(path)
        answer.raise_for_status()
    with running_bare(folder, answer.content, stack.settings.store_url) as bare:
        targets = {
            "bare Starlette endpoint, from memory": f"{bare}/memory",
            "Redis GET behind Starlette": f"{bare}/redis",
            "Khabar, GET /v1/summaries/{hash}/{language}": f"{stack.url}{path}",
        }
        ratios: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(rounds):
            rates = {name: rate(url, seconds) for name, url in targets.items()}
            base = next(iter(rates.values()))
            for name, value in rates.items():
                ratios[name].append(value / base)
    print(f"\nCached reads, {len(answer.content):,} bytes, 16 connections, {rounds} rounds\n")
    print("| endpoint | requests/s, bare = 1 (median) | lowest | highest |\n|---|---|---|---|")
    for name, values in ratios.items():
        row = (statistics.median(values), min(values), max(values))
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in row) + " |")


def measure_added_time(stack: Stack, count: int) -> None:
    """Print what a job takes beyond the time of its summarizer and translators."""
    cases = {"own language": ["en"], "three languages": ["en", "ru", "ar"]}
    print(f"\nTime added to the models' own, {count} jobs one after the other, not cached\n")
    print("| job | added ms (median) | 90th percentile | models' own ms (median) |")
    print("|---|---|---|---|")
    stories = iter(articles(2 * count + 21)[1:])
    with httpx.Client(base_url=stack.url, timeout=60, trust_env=False) as client:
        for _ in range(20):
            _added(client, next(stories), ["en", "ru", "ar"])
        for name, languages in cases.items():
            pairs = [_added(client, next(stories), languages) for _ in range(count)]
            added = sorted(pair[0] for pair in pairs)
            own = statistics.median(pair[1] for pair in pairs)
            ninetieth = added[int(0.9 * len(added))]
            print(f"| {name} | {statistics.median(added):.1f} | {ninetieth:.1f} | {own:.1f} |")


def _added(
    client: httpx.Client, story: dict[str, object], languages: list[str]
) -> tuple[float, float]:
    sent = {**story, "languages": languages}
    start = time.perf_counter()
    job = client.post("/v1/jobs", json=sent, headers={"Prefer": "wait=30"}).json()
    spent = (time.perf_counter() - start) * 1000
    if job["state"] != "done":
        raise RuntimeError(job)
    times = {
        code: sum(language["summary"]["timings_ms"].values())
        for code, language in job["languages"].items()
        if not language["cached"]
    }
    # Translations start when the summary is there, and run side by side.
    own = times["en"] + max((time for code, time in times.items() if code != "en"), default=0)
    return spent - own, own


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--jobs", type=int, default=100)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.exit(2, "This benchmark needs wrk. Run: apt-get install wrk\n")
    print(describe_machine())
    with tempfile.TemporaryDirectory() as name, running_service(Path(name)) as stack:
        measure_reads(stack, Path(name), options.rounds, options.seconds)
        measure_added_time(stack, options.jobs)


if __name__ == "__main__":
    main()
