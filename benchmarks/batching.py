"""Concurrent jobs on one model, with and without the batcher: ``python -m benchmarks.batching``.

The model has the shape of a Marian base model, int8 weights, and random ones: what it writes means
nothing, and takes as long as if it did. Every job is one call of 3 to 8 sentences, as a summary and
its headline are; 16 threads take the next job as soon as their last is done. The rates are compared
with the engine's own, when it is given all sentences of all jobs in one call. The ways take turns,
so that other load on the machine falls on all alike.
"""

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.ct2_settings import make_model
from benchmarks.machine import describe_machine
from khabar.languages import Language
from workers.batching.batcher import Batcher
from workers.batching.engine import BatchingEngine
from workers.batching.limits import Limits
from workers.engines.cpu import prepare_environment, threads
from workers.engines.ct2 import load_engine
from workers.models.install import install_from_folder
from workers.models.manifest import LanguagePair, ModelCard
from workers.models.store import ModelStore
from workers.protocols import Decoding, Engine

ROUNDS = 3
JOBS = 96
CONCURRENCY = 16
BEAMS = (1, 4)
SEED = 1
OUTPUT_TOKENS = 24
SETTINGS = ((32, 0), (32, 1), (32, 2), (64, 1))
"""Sentences of a batch, and calls at once beyond those that the engine works on."""

CARD = ModelCard(
    id="benchmark",
    revision="1",
    licence="none",
    architecture="MarianMTModel",
    pairs=(LanguagePair(source=Language.ENGLISH, target=Language.RUSSIAN),),
)

Job = list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """Tokens a second, tokens a second of processor time, and the mean sentences of a call."""

    rate: float
    thrift: float
    call_size: float


ONE_CALL = "all in one call"


def main() -> None:
    """Print the rate of each way as a ratio to the engine's own."""
    with tempfile.TemporaryDirectory() as folder:
        engine = load(Path(folder))
        jobs = make_jobs(random.Random(SEED))  # noqa: S311 -- No secret is made of it.
        print(f"{describe_machine()}\n")
        print("| beam | way | sentences a call | rate | tokens a CPU second | lone job, ms |")
        print("| --- | --- | --- | --- | --- | --- |")
        for beam in BEAMS:
            compare(engine, jobs, Decoding(beam_size=beam, max_length=OUTPUT_TOKENS))


def load(folder: Path) -> Engine:
    """Make, install and load the model."""
    # Converting the model loads the library, which reads the environment only then.
    prepare_environment()
    make_model(folder, "int8")
    store = ModelStore(folder / "models")
    return load_engine(install_from_folder(folder / "checkpoint-int8", store, CARD), on_call=count)


CALLS: list[int] = []


def count(segments: int) -> None:
    """Note the size of a call."""
    CALLS.append(segments)


def make_jobs(chance: random.Random) -> list[Job]:
    """Return jobs of sentences of random words, of 40 to 200 characters."""
    letters = "abcdefgh"
    return [
        [
            " ".join(chance.choices(letters, k=chance.randint(8, 40)))
            for _ in range(chance.randint(3, 8))
        ]
        for _ in range(JOBS)
    ]


def compare(engine: Engine, jobs: Sequence[Job], decoding: Decoding) -> None:
    """Measure every way in turn, and print its row."""
    own = threads().inter
    batchers = {
        f"batcher, {size} a batch, {own + more} calls at once": Batcher(
            Limits(calls_at_once=own + more, batch_sentences=size)
        )
        for size, more in SETTINGS
    }
    engines: dict[str, Engine] = {
        name: BatchingEngine(engine, batcher) for name, batcher in batchers.items()
    }
    engines["no batcher"] = engine
    ways = {ONE_CALL: lambda: together(engine, jobs, decoding)}
    ways |= {name: concurrently(one, jobs, decoding) for name, one in engines.items()}
    results: dict[str, list[Result]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, work in ways.items():
            results[name].append(measure(work))
    for name, found in results.items():
        alone = lone(engines.get(name, engine), jobs, decoding)
        print(row(decoding, name, found, results[ONE_CALL], alone), flush=True)
    for batcher in batchers.values():
        batcher.close()


def measure(work: Callable[[], int]) -> Result:
    """Do the work once."""
    CALLS.clear()
    start, used = time.perf_counter(), time.process_time()
    tokens = work()
    spent, used = time.perf_counter() - start, time.process_time() - used
    return Result(tokens / spent, tokens / used, sum(CALLS) / len(CALLS))


def row(
    decoding: Decoding, name: str, found: Sequence[Result], own: Sequence[Result], alone: float
) -> str:
    """Return a row of the table, with ratios to the engine's own rates."""
    rate = median(result.rate for result in found) / median(result.rate for result in own)
    thrift = median(result.thrift for result in found) / median(result.thrift for result in own)
    size = median(result.call_size for result in found)
    return (
        f"| {decoding.beam_size} | {name} | {size:.1f} | {rate:.2f} | {thrift:.2f} "
        f"| {alone * 1000:.0f} |"
    )


def together(engine: Engine, jobs: Sequence[Job], decoding: Decoding) -> int:
    """Give the engine every sentence in one call."""
    return ask(engine, [text for job in jobs for text in job], decoding)


def concurrently(engine: Engine, jobs: Sequence[Job], decoding: Decoding) -> Callable[[], int]:
    """Return work that has the jobs done by 16 threads."""

    def work() -> int:
        with ThreadPoolExecutor(CONCURRENCY) as pool:
            return sum(pool.map(lambda job: ask(engine, job, decoding), jobs))

    return work


def lone(engine: Engine, jobs: Sequence[Job], decoding: Decoding) -> float:
    """Return the median seconds of a job that has the machine to itself."""
    spent = []
    for job in jobs[:12]:
        start = time.perf_counter()
        ask(engine, job, decoding)
        spent.append(time.perf_counter() - start)
    return median(spent)


def ask(engine: Engine, sentences: Sequence[str], decoding: Decoding) -> int:
    """Return how many tokens the answer has."""
    hypotheses = engine.generate(sentences, decoding, target=Language.RUSSIAN)
    return sum(hypothesis.tokens for hypothesis in hypotheses)


if __name__ == "__main__":
    main()
