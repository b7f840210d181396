"""The service under load, as ratios to a bare endpoint under the same server in the same run.

Run as ``make load``. Needs ``wrk`` (apt-get install wrk). Cached reads, articles nobody has sent
before, a thousand event streams at once, and reads in the midst of all that.
"""

import argparse
import asyncio
import contextlib
import functools
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.machine import describe_machine
from benchmarks.parts import Parts
from benchmarks.service import RECIPE, articles, running_bare
from benchmarks.streams import Stream, open_all
from khabar.article import Article
from khabar.computation import Computation
from khabar.languages import Language
from khabar.recipe import RecipeBook
from khabar.store.connection import worker_connection
from khabar.store.glossaries import GlossaryReader
from khabar.summary import Length
from workers.loader import ModelLoader
from workers.pipeline import Log, Pipeline
from workers.registry import Registry

_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_SOCKETS = re.compile(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")
_PERCENTILE = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s) *$", re.MULTILINE)
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
_FRESH = """
local number = 0
request = function()
  number = number + 1
  local text = string.format("Report %s-%d came in on Friday. ", os.time(), number) .. [[{text}]]
  return wrk.format("POST", nil, {{["Content-Type"] = "application/json"}},
    string.format('{{"recipe": "bench", "languages": ["en"], "text": "%s"}}', text))
end
"""
_WARM_UP = 5
_HEAD = (
    "| what | a second | bare = 1 | lowest to highest | p50 ms | p99 ms | errors |\n"
    "|---|---|---|---|---|---|---|"
)


Reads = Callable[[], list[str]]
"""Cached reads beside the bare endpoint, as the lines of a table."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run of wrk came to. Times are milliseconds."""

    rate: float
    p50: float
    p99: float
    errors: int


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked: its name in the table, its address, and a script for wrk if it needs one."""

    name: str
    url: str
    script: Path | None = None


def read_load(output: str) -> Load:
    """Return what wrk printed. Raises ValueError if it is not that of a whole run."""
    rate = _RATE.search(output)
    times = {
        at: float(value) * _MILLISECONDS[unit] for at, value, unit in _PERCENTILE.findall(output)
    }
    if rate is None or times.keys() != {"50", "99"}:
        raise ValueError(output)
    bad, sockets = _BAD.search(output), _SOCKETS.search(output)
    errors = int(bad[1]) if bad else 0
    errors += sum(map(int, sockets.groups())) if sockets else 0
    return Load(float(rate[1]), times["50"], times["99"], errors)


def press(target: Target, seconds: float) -> Load:
    """Ask again and again over 16 connections, as fast as there are answers."""
    scripted = ["-s", str(target.script)] if target.script else []
    command = ["wrk", "--latency", "-t1", "-c16", f"-d{seconds:g}s", *scripted, target.url]
    return read_load(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(targets: Sequence[Target], rounds: int, seconds: float) -> list[str]:
    """Return the lines of a table: each target in turn in each round, ratios to the first of them.

    Figures are medians of the rounds, and errors their sum.
    """
    loads: dict[Target, list[Load]] = {target: [] for target in targets}
    for _ in range(rounds):
        for target in targets:
            loads[target].append(press(target, seconds))
    base = [load.rate for load in loads[targets[0]]]
    lines = [_HEAD]
    for target, found in loads.items():
        ratios = [load.rate / bare for load, bare in zip(found, base, strict=True)]
        rate, p50, p99 = (
            statistics.median(getattr(load, name) for load in found)
            for name in ("rate", "p50", "p99")
        )
        ratio = statistics.median(ratios)
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        errors = sum(load.errors for load in found)
        lines.append(
            f"| {target.name} | {rate:.0f} | {ratio:.2f} | {spread} | {p50:.1f} | {p99:.1f} "
            f"| {errors} |"
        )
    return lines


def fresh_script(folder: Path) -> Path:
    """Return a script for wrk that posts an article nobody has sent before with each request."""
    script = folder / "fresh.lua"
    body = " ".join(str(articles(1)[0]["text"]).split()).replace("\\", "").replace('"', "'")
    script.write_text(_FRESH.format(text=body), "utf-8")
    return script


def fresh(count: int, start: int) -> list[dict[str, object]]:
    """Return so many stories that differ from all others, as they are posted."""
    stories = articles(50)
    return [
        {**story, "text": f"Report {start + number} came in on Friday.\n{story['text']}"}
        for number, story in zip(range(count), stories * (count // 50 + 1), strict=False)
    ]


def direct_rate(parts: Parts, sent: Sequence[dict[str, object]]) -> float:
    """Return how many articles a second the pipeline of a worker does, called in this process."""
    settings = parts.settings
    recipes = RecipeBook.load(settings.recipes_folder, "bench", allow_noncommercial=False)
    store = worker_connection(settings.store_url)
    registry = Registry(recipes, ModelLoader(settings), GlossaryReader(store).read)
    pipeline = Pipeline(registry)
    recipe = recipes.find("bench")
    start = 0.0
    for number, story in enumerate(sent):
        if number == _WARM_UP:
            start = time.perf_counter()  # By now what is read once has been read.
        article = Article.receive(text=str(story["text"]), headline=str(story["headline"]))
        made = Computation(
            article_hash=article.article_hash,
            source_language=Language.ENGLISH,
            language=Language.ENGLISH,
            length=Length.SHORT,
            recipe=recipe.name,
            fingerprint=recipe.fingerprint,
        )
        source = pipeline.summarise(made, article.model_dump_json(), Log(), lambda: None)
        for language in (Language.RUSSIAN, Language.ARABIC):
            target = made.model_copy(update={"language": language})
            pipeline.translate(target, source.model_dump_json(), Log(), lambda: None)
    return (len(sent) - _WARM_UP) / (time.perf_counter() - start)


def measure_whole_jobs(parts: Parts, count: int) -> None:
    """Print how fast fresh articles come out as summaries, beside the pipeline called directly."""
    direct = direct_rate(parts, fresh(count + _WARM_UP, 1_000_000))
    with parts.working(), httpx.Client(base_url=parts.url, timeout=120, trust_env=False) as client:
        # As above: the worker reads its tables with its first article.
        first = client.post("/v1/jobs", json=fresh(1, 1_900_000)[0], headers={"Prefer": "wait=60"})
        first.raise_for_status()
        start = time.perf_counter()
        batch = client.post("/v1/jobs/batch", json=fresh(count, 2_000_000)).json()
        while _open_computations(client):
            time.sleep(0.1)
        rate = count / (time.perf_counter() - start)
        jobs = [client.get(item["job"]["links"]["self"]).json() for item in batch["items"]]
    if {job["state"] for job in jobs} != {"done"}:
        raise RuntimeError("A job failed, so the rate is that of something else.")
    print("\n### Fresh articles from the request to three summaries, one worker\n")
    print("| what | articles a second | pipeline = 1 |\n|---|---|---|")
    print(f"| the pipeline, called in one process | {direct:.1f} | 1 |")
    print(
        f"| a batch of {count} by way of HTTP, queue and store | {rate:.1f} | {rate / direct:.2f} |"
    )


def _open_computations(client: httpx.Client) -> int:
    text = client.get("/metrics").text
    (number,) = re.findall(r"^khabar_open_computations (\d+)", text, re.MULTILINE)
    return int(number)


async def measure_streams(parts: Parts, count: int, reads: Reads) -> None:
    """Print what many open streams cost, reads beside them, and how soon each hears of the end."""
    memory = [parts.api_memory()]
    async with httpx.AsyncClient(base_url=parts.url, timeout=60, trust_env=False) as client:
        taken = await client.post("/v1/jobs/batch", json=fresh(max(1, count // 20), 3_000_000))
        jobs = [item["job"]["links"]["self"] for item in taken.json()["items"]]
        start = time.perf_counter()
        streams = await open_all(parts.url, jobs, count)
        opening = time.perf_counter() - start
        memory.append(parts.api_memory())
        beside = await asyncio.to_thread(reads)
        following = [asyncio.create_task(stream.follow()) for stream in streams]
        cancelled: dict[str, float] = {}
        for job in jobs:
            await client.delete(job)
            cancelled[job] = time.perf_counter()
        await asyncio.gather(*following)
    _print_streams(streams, cancelled, opening, memory)
    print("\nReads while they are open:\n\n" + "\n".join(beside))
    for stream in streams:
        await stream.close()
    await asyncio.sleep(1)
    print(f"\nMemory of the API a second after they have hung up: {parts.api_memory():.0f} MiB")


def _print_streams(
    streams: Sequence[Stream], cancelled: dict[str, float], opening: float, memory: list[float]
) -> None:
    # The end may reach a stream before the answer to the request that caused it.
    delays = sorted(
        max(0.0, stream.ended - cancelled[stream.job]) * 1000
        for stream in streams
        if stream.ended is not None
    )
    errors = sum(stream.error is not None for stream in streams)
    print(f"\n### {len(streams)} event streams at once\n\n| what | |\n|---|---|")
    print(f"| to open all, each with its first event | {opening:.1f} s |")
    print(f"| errors | {errors} |")
    print(f"| memory of the API before, MiB | {memory[0]:.0f} |")
    print(f"| memory with all open, MiB | {memory[1]:.0f} |")
    print(f"| memory for each, KiB | {(memory[1] - memory[0]) * 1024 / len(streams):.0f} |")
    if delays:
        median, late = statistics.median(delays), delays[int(0.99 * (len(delays) - 1))]
        print(f"| from the end of a job to its streams, p50 / p99 | {median:.0f} / {late:.0f} ms |")


def measure_mixed(parts: Parts, count: int, reads: Reads) -> None:
    """Print cached reads while a worker computes fresh articles."""
    with parts.working(), httpx.Client(base_url=parts.url, timeout=120, trust_env=False) as client:
        client.post("/v1/jobs/batch", json=fresh(count, 4_000_000)).raise_for_status()
        lines = reads()
        left = _open_computations(client)
    print(f"\n### Reads while a worker is busy with {count} fresh articles\n")
    print("\n".join(lines))
    print(f"\nComputations still open when the reads ended: {left}.")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--streams", type=int, default=1000)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.exit(2, "This benchmark needs wrk. Run: apt-get install wrk\n")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(describe_machine())
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        parts = Parts(folder, RECIPE)
        stack.callback(parts.close)
        with parts.working(), httpx.Client(base_url=parts.url, trust_env=False) as client:
            sent = {"json": articles(1)[0], "headers": {"Prefer": "wait=30"}}
            job = client.post("/v1/jobs", timeout=60, **sent).json()  # type: ignore[arg-type]
            path = f"/v1/summaries/{job['article_hash']}/ru?recipe=bench"
            body = client.get(path).raise_for_status().content
        bare = stack.enter_context(running_bare(folder, body, parts.settings.store_url))
        targets = (
            Target("bare Starlette endpoint", f"{bare}/memory"),
            Target("GET /v1/summaries/{hash}/{language}", f"{parts.url}{path}"),
        )
        reads = functools.partial(compare, targets, options.rounds, options.seconds)
        print("\n### Cached reads\n\n" + "\n".join(reads()))
        measure_whole_jobs(parts, options.articles)
        asyncio.run(measure_streams(parts, options.streams, reads))
        measure_mixed(parts, 2 * options.articles, reads)
        script = fresh_script(folder)
        posts = (
            Target("bare endpoint that reads the same JSON", f"{bare}/taken", script),
            Target("POST /v1/jobs", f"{parts.url}/v1/jobs", script),
        )
        print("\n### Articles nobody has sent before, taken (no worker runs)\n")
        print("\n".join(compare(posts, options.rounds, options.seconds)))


if __name__ == "__main__":
    main()
