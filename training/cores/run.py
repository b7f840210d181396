"""A run on processors: starts the processes, keeps what they learn, and judges it."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import connection
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Any, cast

import torch

from training.batches import Assembler
from training.checkpoint import CHECKPOINT, WEIGHTS, Resumed, load_state
from training.config import Config, ConfigInvalid, CoresConfig, ModelConfig, Weights
from training.cores.flat import Flat
from training.cores.memory import Count, Memory
from training.cores.worker import Task, Together, work
from training.device import KINDS, arithmetic
from training.log import RunLog
from training.schedule import Clock
from training.train import LOG, new_model, write_result
from training.unpacking import Pack, unpack
from training.validation import Validation
from training.vocabulary import VOCABULARY, load_pieces
from training.weights import load_weights, save_weights

_SETTINGS = {
    "OMP_NUM_THREADS": "1",
    # Memory that is given back to the system after each batch has to be cleared for the next.
    "MALLOC_MMAP_THRESHOLD_": "4000000000",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "500000000",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    # A run meets some 8,000 products of different shapes; a thousand are remembered by default.
    "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "16000",
}
"""What each process finds in its environment, where nothing else is set."""


class ProcessFailed(RuntimeError):
    """A process ended before the run did. What was saved until then is in the run's folder."""


class VocabularyDiffers(ValueError):
    """The weights to go on from were learnt with other pieces than those of the pack."""


def train_on_cores(
    config: Config, pack: Path, run: Path, budget: float, *, go_on: bool = False
) -> dict[str, Any]:
    """Train for ``budget`` seconds, all told, and return the result, also written to ``run``.

    ``go_on`` starts from what an earlier run left there. SIGTERM and Ctrl-C end it in order. Raises
    ConfigInvalid where there is no table ``cores``, or a state is of another number of processes,
    PackDamaged, VocabularyDiffers and ProcessFailed.
    """
    if config.cores is None:
        raise ConfigInvalid("cores: missing, and this run needs it.")
    clock = Clock(budget, config.train.reserve, config.train.max_updates)
    run.mkdir(parents=True, exist_ok=True)
    unpacked = unpack(pack)
    _keep_vocabulary(unpacked, run, go_on=go_on)
    log = RunLog(run / LOG)
    torch.manual_seed(config.train.seed)
    state, found = _beginning(config, unpacked, run, go_on=go_on)
    processes = _processes(config.model, config.cores)
    if found.origin == CHECKPOINT:
        _check_parts(run, processes)
    flat = Flat(config.model, processes)
    memory = Memory.of(state, flat, processes, KINDS[config.train.precision])
    memory.counts[Count.UPDATES] = found.updates
    peak = config.train.resume_rate if found.origin else 1.0
    task = Task(config, config.cores, pack, run, clock, found, peak)
    log.write(
        "started",
        processes=processes,
        torch=torch.__version__,
        parameters=sum(one.numel() for one in state.values()),
        examples=len(unpacked.sources),
        origin=found.origin,
        seconds=clock.elapsed,
    )
    _learn(task, memory, processes)
    learnt = memory.state(flat)
    save_weights(run / WEIGHTS, learnt)
    return _judged(config, unpacked, run, clock, learnt, int(memory.counts[Count.UPDATES]))


def _keep_vocabulary(pack: Pack, run: Path, *, go_on: bool) -> None:
    kept, wanted = run / VOCABULARY, pack.vocabulary.read_bytes()
    if go_on and kept.is_file() and kept.read_bytes() != wanted:
        raise VocabularyDiffers(
            f"{kept} is not the pack's. Copy it to the folder that the pack is made in, and pack."
        )
    kept.write_bytes(wanted)


def _processes(model: ModelConfig, cores: CoresConfig) -> int:
    """Return how many processes there are: each needs a matrix to update."""
    (whole,) = Flat(model, 1).shares
    return min(cores.processes or len(os.sched_getaffinity(0)), len(whole.parts))


def _check_parts(run: Path, processes: int) -> None:
    found = len(list(run.glob("part-*.pt")))
    if found != processes:
        raise ConfigInvalid(
            f"cores.processes: {processes}, but {found} saved the state in {run}. Ask for as many, "
            f"or delete {CHECKPOINT} and part-*.pt there to go on from {WEIGHTS}, if it is there."
        )


def _beginning(
    config: Config, pack: Pack, run: Path, *, go_on: bool
) -> tuple[dict[str, torch.Tensor], Resumed]:
    """Return the weights to start from: the whole state, else int8 weights, else new ones."""
    if go_on and (run / CHECKPOINT).is_file():
        saved = load_state(run / CHECKPOINT)
        return saved["model"], Resumed(int(saved["updates"]), CHECKPOINT)
    if go_on and (run / WEIGHTS).is_file():
        return load_weights(run / WEIGHTS), Resumed(0, WEIGHTS)
    model = new_model(config, load_pieces(pack.vocabulary).get_piece_size(), pack.lexicon)
    return {name: one.detach() for name, one in model.named_parameters()}, Resumed(0, "")


def _learn(task: Task, memory: Memory, processes: int) -> None:
    # A configuration is full of read-only mappings, which nobody can send to another process.
    ForkingPickler.register(MappingProxyType, lambda one: (_read_only, (dict(one),)))
    context = multiprocessing.get_context("spawn")
    together = Together(context.Barrier(processes), context.Lock(), context.Event())
    with _settings():
        started = [_started(context, number, task, memory, together) for number in range(processes)]
    with _termination(together):
        _wait_for(started)
    if failed := [process.exitcode for process in started if process.exitcode]:
        raise ProcessFailed(f"{len(failed)} of {processes} processes failed; exits: {failed}.")


def _wait_for(started: list[SpawnProcess]) -> None:
    """Wait until all have ended. Where one fails, the others would wait for it for ever."""
    left = {process.sentinel: process for process in started}
    while left:
        for sentinel in connection.wait(list(left)):
            ended = left.pop(cast("int", sentinel))
            ended.join()
            if ended.exitcode:
                for other in left.values():
                    other.terminate()


def _read_only(values: dict[str, float]) -> Weights:
    return MappingProxyType(values)


def _started(
    context: SpawnContext, number: int, task: Task, memory: Memory, together: Together
) -> SpawnProcess:
    process = context.Process(target=work, args=(number, task, memory, together))
    process.start()
    return process


def _judged(
    config: Config,
    pack: Pack,
    run: Path,
    clock: Clock,
    state: dict[str, torch.Tensor],
    updates: int,
) -> dict[str, Any]:
    """Say how good the weights are on the watched news, as far as the time allows."""
    device = torch.device("cpu")
    model = new_model(config, len(state["embeddings.weight"]), pack.lexicon).eval()
    model.load_state_dict(state)
    validation = Validation(pack, Assembler(pack, device))
    with arithmetic(config.train, device):
        loss = validation.loss(model, lambda: clock.over)
        written = validation.translations(model, config.train.sample_sentences, lambda: clock.over)
    return write_result(
        run,
        {"updates": updates, "seconds": clock.elapsed, "validation loss": {"last": loss}},
        written,
    )


@contextmanager
def _settings() -> Iterator[None]:
    """Set the environment of the processes that are started: they read it when they begin."""
    added = {name: value for name, value in _SETTINGS.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


@contextmanager
def _termination(together: Together) -> Iterator[None]:
    """End the run in order when the process is asked to end: what is learnt by then is kept."""

    def stop(_: int, __: FrameType | None) -> None:
        together.stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
