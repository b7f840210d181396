"""Speed and memory of full-size models: ``python -m benchmarks.models [--only NAME] [--quick]``.

Each model is made on the spot with random weights, so what it writes means nothing; every search is
held to the same number of output tokens, so all engines do the same work. The engines stand loaded
side by side, one process each, and take turns, so that other load on the machine falls on all.

The table gives ratios of the median speeds, and in brackets those of the best rounds: on a busy
machine threads that wait for one another lose most, and the best round is nearest to a quiet one's.
The row of an article is a call with as many sentences as a long summary of an average story of the
newsbank has, its headline among them; below stands how many of them a minute 1.00 is.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.model_runner import Task
from benchmarks.model_shapes import SHAPES, Shape, make_checkpoint
from workers.engines.cpu import usable_cores

SOURCE_TOKENS = 24
OUTPUT_TOKENS = 24
ARTICLE_SENTENCES = 5
"""A summary of four sentences and its headline: benchmarks.busy_clients sends such stories."""
AIMS = {1: 3.0, 4: 5.0}


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to run a model; the first is what the others are compared with."""

    name: str
    library: str
    quantization: str | None


ENGINES = (
    Engine("transformers float32", "transformers", None),
    Engine("ct2 float32", "ctranslate2", "float32"),
    Engine("ct2 int8", "ctranslate2", "int8"),
)


@dataclass(slots=True)
class Runner:
    """An engine's process, and what it has said."""

    process: subprocess.Popen[str]
    loaded_seconds: float = 0.0
    peak_bytes: float = 0.0
    speeds: dict[tuple[int, int], list[float]] = field(default_factory=dict)

    def hear(self) -> dict[str, Any]:
        """Return the next line."""
        assert self.process.stdout is not None  # noqa: S101 -- it was started with a pipe.
        facts: dict[str, Any] = json.loads(self.process.stdout.readline())
        return facts

    def run(self, task: Task) -> float:
        """Run a task and return the tokens a second."""
        assert self.process.stdin is not None  # noqa: S101 -- it was started with a pipe.
        self.process.stdin.write(json.dumps(asdict(task)) + "\n")
        self.process.stdin.flush()
        facts = self.hear()
        self.peak_bytes = facts["peak_bytes"]
        return float(facts["tokens"] / facts["seconds"])

    def facts(self) -> tuple[object, ...]:
        """Return all that was measured, for a look behind the ratios."""
        return self.loaded_seconds, self.peak_bytes, self.speeds


def main(arguments: Sequence[str], shapes: Mapping[str, Shape] = SHAPES) -> None:
    """Measure the chosen models and print one table."""
    options = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    print(f"{describe_machine()}; using {options.cores}; load before: {load:.1f}\n")
    engines = " | ".join(engine.name for engine in ENGINES)
    print(f"| model | beam | batch | {engines} | aim for int8 |")
    print("|---|---|---|" + "---|" * (len(ENGINES) + 1), flush=True)
    notes = []
    for name in options.only or shapes:
        with tempfile.TemporaryDirectory(prefix="khabar-bench-") as folder:
            notes.append(_measure(name, shapes[name], Path(folder), options))
    print("\n" + "\n".join(notes), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--only", action="append", choices=SHAPES, help="may be given repeatedly")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seconds",
        type=float,
        default=90,
        help="a row's rounds end after so long, but for one that has begun",
    )
    parser.add_argument(
        "--cores",
        type=int,
        default=usable_cores(),
        help="threads of transformers, and batches at once of CTranslate2; where other programs "
        "keep the machine busy 1 is fairer, since threads that wait for one another lose most",
    )
    parser.add_argument(
        "--quick", action="store_const", const=[8], dest="batches", help="batches of 8 alone"
    )
    return parser


def _measure(name: str, shape: Shape, folder: Path, options: argparse.Namespace) -> str:
    """Print a model's rows as they are measured, and return what is to be noted below."""
    parameters = make_checkpoint(shape, folder / "checkpoint")
    with ExitStack() as stack:
        runners = [
            stack.enter_context(_started(engine, folder, options.cores)) for engine in ENGINES
        ]
        for beam in options.beams:
            for batch in (ARTICLE_SENTENCES, *options.batches):
                task = Task(beam, batch, SOURCE_TOKENS, OUTPUT_TOKENS)
                _take_turns(runners, task, options.rounds, options.seconds)
                _print_row(name, task, runners)
        for title, facts in (
            ("load time", [runner.loaded_seconds for runner in runners]),
            ("peak memory", [runner.peak_bytes for runner in runners]),
        ):
            ratios = " | ".join(f"{fact / facts[0]:.2f}" for fact in facts)
            print(f"| {name} | | {title} | {ratios} | |", flush=True)
        for engine, runner in zip(ENGINES, runners, strict=True):
            print(engine.name, runner.facts(), file=sys.stderr, flush=True)
        return _note(name, parameters, options.beams, runners[0])


@contextmanager
def _started(engine: Engine, folder: Path, cores: int) -> Iterator[Runner]:
    place = folder / "checkpoint"
    if engine.quantization:
        from workers.models.checkpoint import convert_checkpoint

        place = folder / engine.quantization
        convert_checkpoint(folder / "checkpoint", place, engine.quantization)
    facts = {"library": engine.library, "folder": str(place), "cores": cores}
    command = [sys.executable, "-m", "benchmarks.model_runner", json.dumps(facts)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        try:
            runner = Runner(process)
            runner.loaded_seconds = runner.hear()["loaded_seconds"]
            yield runner
        finally:
            process.kill()


def _take_turns(runners: Sequence[Runner], task: Task, rounds: int, seconds: float) -> None:
    for runner in runners:
        runner.run(task)  # The first call of a size does not count.
    until = time.monotonic() + seconds
    for _ in range(rounds):
        for runner in runners:
            runner.speeds.setdefault((task.beam, task.batch), []).append(runner.run(task))
        if time.monotonic() > until:
            break


def _print_row(name: str, task: Task, runners: Sequence[Runner]) -> None:
    speeds = [runner.speeds[task.beam, task.batch] for runner in runners]
    ratios = " | ".join(
        f"{median(own) / median(speeds[0]):.2f} ({max(own) / max(speeds[0]):.2f})" for own in speeds
    )
    batch = f"{task.batch}, an article" if task.batch == ARTICLE_SENTENCES else task.batch
    print(f"| {name} | {task.beam} | {batch} | {ratios} | {AIMS.get(task.beam, '-')} |", flush=True)


def _note(name: str, parameters: int, beams: Sequence[int], first: Runner) -> str:
    article = ARTICLE_SENTENCES * OUTPUT_TOKENS
    rates = ", ".join(
        f"{60 * median(first.speeds[beam, ARTICLE_SENTENCES]) / article:.0f} at beam {beam}"
        for beam in beams
    )
    return (
        f"- {name}, {parameters / 1e6:.0f} million parameters: {ENGINES[0].name} translates "
        f"{rates} articles a minute, one after the other, loads in {first.loaded_seconds:.1f} s "
        f"and holds {first.peak_bytes / 1e9:.1f} GB."
    )


if __name__ == "__main__":
    main(sys.argv[1:])
