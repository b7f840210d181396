"""The whole service under load, with a model of full size: ``python -m benchmarks.under_load``.

Redis, the API and a worker run as they do in use; 16 jobs are open at any time. What the service
translates in a second is compared with what the engine does when it gets the same texts in one
call; the two take turns. The processor time of each part says where the rest goes.

The second table gives the most memory that a worker has held, by the number of its threads.
"""

import argparse
import os
import re
import sys
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from benchmarks import random_translator
from benchmarks.busy_clients import CLIENTS, WAIT_SECONDS, drive, stories
from benchmarks.machine import describe_machine
from benchmarks.model_shapes import Shape
from benchmarks.processes import peak_bytes, processor_seconds
from khabar.languages import Language
from khabar.settings import Settings
from service.embedded.stack import Stack
from workers.engines.cpu import prepare_environment, usable_cores
from workers.engines.ct2 import load_engine
from workers.models.store import ModelStore
from workers.protocols import Engine

RATE_AIM = 0.9
MEMORY_AIM = 1.2
PARTS = ("worker", "API", "redis")
_MODEL_CALLS = re.compile(r"^khabar_model_calls_total ([\d.]+)", re.MULTILINE)


@dataclass(slots=True)
class Found:
    """What the turns of one setting came to.

    ``rates`` are tokens a second, the service's and, in ``own``, the engine's. ``spent`` is
    processor time in seconds a token: of each part, and in ``own_spent`` of the engine.
    """

    rates: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    spent: dict[str, list[float]] = field(default_factory=lambda: {part: [] for part in PARTS})
    own_spent: list[float] = field(default_factory=list)
    peak: int = 0


def main(arguments: Sequence[str], shape: Shape = random_translator.SHAPE) -> None:
    """Measure, and print both tables."""
    options = _parser().parse_args(arguments)
    print(f"{describe_machine()}; load before: {os.getloadavg()[0]:.1f}\n", flush=True)
    # Converting the model loads the library, which reads the environment only then.
    prepare_environment()
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as name:
        folder = Path(name)
        engine = load_engine(random_translator.install(ModelStore(folder / "models"), shape))
        found = {threads: _measure(folder, threads, engine, options) for threads in options.threads}
    _print_rates(found)
    _print_memory(found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.under_load", description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 4, 8, 16])
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=96, help=f"a round, more than {2 * CLIENTS}")
    return parser


def _measure(
    folder: Path, threads: int, engine: Engine, options: argparse.Namespace
) -> dict[int, Found]:
    """Measure one number of threads, each beam in turn."""
    unseen = stories()
    found = {beam: Found() for beam in options.beams}
    with _stack(folder, threads, options.beams) as stack:
        for beam, one in found.items():
            # The first turn loads the model, and does not count.
            drive(stack.url, random_translator.recipe_name(beam), list(islice(unseen, 3 * CLIENTS)))
            for _ in range(options.rounds):
                texts = _turn_of_service(stack, beam, list(islice(unseen, options.jobs)), one)
                _turn_of_engine(engine, beam, texts, one)
            one.peak = peak_bytes(stack.pids["worker"])
    return found


def _stack(folder: Path, threads: int, beams: Sequence[int]) -> Stack:
    var, recipes = folder / f"threads-{threads}", folder / "recipes"
    var.mkdir()
    (var / "models").symlink_to(folder / "models")
    recipes.mkdir(exist_ok=True)
    for beam in beams:
        random_translator.write_recipe(recipes, beam)
    settings = Settings(
        port=0,
        var_folder=var,
        recipes_folder=recipes,
        worker_threads=threads,
        wait_limit_seconds=WAIT_SECONDS,
        deadline_seconds=WAIT_SECONDS,
        device="cpu",
    )
    return Stack(settings, announced=False)


def _turn_of_service(
    stack: Stack, beam: int, sent: Sequence[Mapping[str, object]], found: Found
) -> list[str]:
    """Measure the service once, and return the texts it translated."""
    before = {part: processor_seconds(stack.pids[part]) for part in PARTS}
    calls = _model_calls(stack)
    stretch = drive(stack.url, random_translator.recipe_name(beam), sent)
    if _model_calls(stack) - calls != 2 * len(sent):
        raise RuntimeError("A text was translated twice: the rates would be wrong.")
    answers = stretch.answers
    tokens = sum(len(text.split()) for one in answers for text in one.translations)
    found.rates.append(tokens / stretch.seconds)
    for part in PARTS:
        spent = processor_seconds(stack.pids[part]) - before[part]
        # The processor time is that of the whole turn, and so it is shared by all its tokens.
        found.spent[part].append(spent / (tokens * len(sent) / len(answers)))
    return [text for one in answers for text in one.sources]


def _turn_of_engine(engine: Engine, beam: int, texts: Sequence[str], found: Found) -> None:
    start, spent = perf_counter(), process_time()
    hypotheses = engine.generate(texts, random_translator.decoding(beam), target=Language.RUSSIAN)
    seconds, spent = perf_counter() - start, process_time() - spent
    tokens = sum(one.tokens for one in hypotheses)
    found.own.append(tokens / seconds)
    found.own_spent.append(spent / tokens)


def _model_calls(stack: Stack) -> int:
    with urllib.request.urlopen(f"{stack.url}/metrics") as answer:  # noqa: S310 -- our own.
        (calls,) = _MODEL_CALLS.findall(answer.read().decode())
    return int(float(calls))


def _print_rates(found: Mapping[int, Mapping[int, Found]]) -> None:
    print(f"Tokens a second of the service with {CLIENTS} jobs open, the engine's own = 1, and")
    print("processor time a token, the engine's own = 1\n")
    print("| threads | beam | rate (median) | lowest | highest | aim | worker | API | Redis |")
    print("|---|---|---|---|---|---|---|---|---|")
    for threads, beams in found.items():
        for beam, one in beams.items():
            ratios = [rate / own for rate, own in zip(one.rates, one.own, strict=True)]
            rates = [median(ratios), min(ratios), max(ratios)]
            spent = [median(one.spent[part]) / median(one.own_spent) for part in PARTS]
            cells = " | ".join(f"{cell:.2f}" for cell in (*rates, RATE_AIM, *spent))
            print(f"| {threads} | {beam} | {cells} |")
    cores = usable_cores()
    busy = [share for beams in found.values() for one in beams.values() for share in _busy(one)]
    print(f"\nProcessors busy with the engine's own turns: {median(busy):.2f} of {cores}\n")
    print(found, file=sys.stderr)


def _busy(found: Found) -> list[float]:
    return [rate * spent for rate, spent in zip(found.own, found.own_spent, strict=True)]


def _print_memory(found: Mapping[int, Mapping[int, Found]]) -> None:
    print(f"Peak memory of the worker, {CLIENTS} jobs open\n")
    print("| threads | after beam | MB | ratio to the first | aim |\n|---|---|---|---|---|")
    first = next(iter(found.values()))
    for threads, beams in found.items():
        for beam, one in beams.items():
            ratio = one.peak / first[beam].peak
            print(f"| {threads} | {beam} | {one.peak / 1e6:.0f} | {ratio:.2f} | {MEMORY_AIM} |")


if __name__ == "__main__":
    main(sys.argv[1:])
