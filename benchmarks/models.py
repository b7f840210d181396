"""Speed and memory of full-size models: ``python -m benchmarks.models [--only NAME] [--quick]``.

Each model is made on the spot with random weights, so what it writes means nothing; every search is
held to the same number of output tokens, so all engines do the same work. The engines stand loaded
side by side, one process each, and take turns, so that other load on the machine falls on all.

Tables give ratios of the median speeds, and in brackets those of the best rounds: on a busy machine
threads that wait for one another lose most, and the best round is nearest to a quiet machine's.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.model_runner import Task
from benchmarks.model_shapes import SHAPES, make_checkpoint
from workers.engines.cpu import usable_cores

SOURCE_TOKENS = 24
OUTPUT_TOKENS = 24
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


def main(arguments: Sequence[str]) -> None:
    """Measure the chosen models and print a table for each."""
    options = _parser().parse_args(arguments)
    load = os.getloadavg()[0]
    print(f"{describe_machine()}; using {options.cores}; load before: {load:.1f}\n", flush=True)
    for name in options.only or SHAPES:
        with tempfile.TemporaryDirectory(prefix="khabar-bench-") as folder:
            _measure(name, Path(folder), options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--only", action="append", choices=SHAPES, help="may be given repeatedly")
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--cores",
        type=int,
        default=usable_cores(),
        help="threads of transformers, and batches at once of CTranslate2; where other programs "
        "keep the machine busy 1 is fairer, since threads that wait for one another lose most",
    )
    quick = {"const": [8], "action": "store_const", "dest": "batches"}
    parser.add_argument("--quick", help="batches of 8 alone", **quick)
    return parser


def _measure(name: str, folder: Path, options: argparse.Namespace) -> None:
    parameters = make_checkpoint(SHAPES[name], folder / "checkpoint")
    tasks = [
        Task(beam, batch, SOURCE_TOKENS, OUTPUT_TOKENS)
        for beam in options.beams
        for batch in options.batches
    ]
    with ExitStack() as stack:
        runners = [
            stack.enter_context(_started(engine, folder, options.cores)) for engine in ENGINES
        ]
        for task in tasks:
            _take_turns(runners, task, options.rounds)
        _print(name, parameters, tasks, runners)


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
    try:
        runner = Runner(process)
        runner.loaded_seconds = runner.hear()["loaded_seconds"]
        yield runner
    finally:
        process.kill()
        process.wait()


def _take_turns(runners: Sequence[Runner], task: Task, rounds: int) -> None:
    for runner in runners:
        runner.run(task)  # The first call of a size does not count.
    for _ in range(rounds):
        for runner in runners:
            runner.speeds.setdefault((task.beam, task.batch), []).append(runner.run(task))


def _print(name: str, parameters: int, tasks: Sequence[Task], runners: Sequence[Runner]) -> None:
    print(f"### {name}, {parameters / 1e6:.0f} million parameters\n")
    print("| beam | batch | " + " | ".join(engine.name for engine in ENGINES) + " | aim for int8 |")
    print("|---|---|" + "---|" * (len(ENGINES) + 1))
    for task in tasks:
        speeds = [runner.speeds[task.beam, task.batch] for runner in runners]
        ratios = [
            f"{median(own) / median(speeds[0]):.2f} ({max(own) / max(speeds[0]):.2f})"
            for own in speeds
        ]
        print(f"| {task.beam} | {task.batch} | {' | '.join(ratios)} | {AIMS.get(task.beam, '-')} |")
    _print_ratios("load time", [runner.loaded_seconds for runner in runners])
    _print_ratios("peak memory", [runner.peak_bytes for runner in runners])
    print(flush=True)
    for engine, runner in zip(ENGINES, runners, strict=True):
        print(engine.name, runner.loaded_seconds, runner.peak_bytes, runner.speeds, file=sys.stderr)


def _print_ratios(title: str, facts: Sequence[float]) -> None:
    ratios = " | ".join(f"{fact / facts[0]:.2f}" for fact in facts)
    print(f"| {title} | | {ratios} | |")


if __name__ == "__main__":
    main(sys.argv[1:])
