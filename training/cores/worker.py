"""One process of a run: batches in turn, then its part of the update, all in step."""

import os
import signal
from dataclasses import dataclass
from itertools import islice
from multiprocessing import parent_process
from multiprocessing.synchronize import Barrier, Event, Lock
from pathlib import Path
from threading import BrokenBarrierError

import numpy as np
import torch

from training.batches import Positions
from training.checkpoint import CHECKPOINT, Resumed, load_state, save_state
from training.config import Config, CoresConfig
from training.cores.candidates import Table, candidate_loss
from training.cores.even import EvenAssembler, EvenStream
from training.cores.flat import Flat
from training.cores.memory import Count, Memory
from training.cores.network import Network
from training.cores.part import Part
from training.log import RunLog
from training.schedule import Clock, rate_factor
from training.train import LOG
from training.unpacking import Pack, unpack


@dataclass(frozen=True, slots=True)
class Task:
    """What every process is told; ``peak`` is the share of the peak rates that is risen to."""

    config: Config
    cores: CoresConfig
    pack: Path
    run: Path
    clock: Clock
    resumed: Resumed
    peak: float

    @property
    def seed(self) -> int:
        """What the batches are drawn by: other ones than those of the run before."""
        return self.config.train.seed + self.resumed.updates + bool(self.resumed.origin)


@dataclass(frozen=True, slots=True)
class Together:
    """What keeps the processes in step, and what asks them to end."""

    barrier: Barrier
    lock: Lock
    stop: Event


def work(process: int, task: Task, memory: Memory, together: Together) -> None:
    """Run one process until the clock has run out or it is asked to stop."""
    # Whoever started the run asks it to end in order; Ctrl-C in a terminal reaches all processes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _keep_to_one_core(process)
        _Worker(process, task, memory, together).run()
    except BrokenBarrierError:
        raise SystemExit(1) from None
    finally:
        together.barrier.abort()


def part_file(run: Path, process: int) -> Path:
    """Return where a process keeps what it has learnt about the gradients."""
    return run / f"part-{process}.pt"


class _Worker:
    def __init__(self, process: int, task: Task, memory: Memory, together: Together) -> None:
        config, pack = task.config, unpack(task.pack)
        self._first = process == 0
        self._process, self._task, self._memory = process, task, memory
        self._together = together
        torch.manual_seed(task.seed + process)
        flat = Flat(config.model, len(memory.gradients))
        self._flat = flat
        self._part = Part(flat, memory, process, config.train)
        if task.resumed.origin == CHECKPOINT:
            self._part.load_state_dict(load_state(part_file(task.run, process)))
        self._network = _network(config, flat, memory, process)
        self._table = Table(
            memory.table,
            memory.table_gradients[process],
            _frequent(pack, len(memory.table), task.cores.frequent),
        )
        self._assembler = EvenAssembler(pack)
        stream = EvenStream(pack, config, task.cores.positions, task.seed)
        self._batches = stream.batches(lambda: float(memory.progress[0]))
        self._log = RunLog(task.run / LOG)
        self._logged = self._saved = 0.0

    def run(self) -> None:
        """Make updates until the end."""
        self._together.barrier.wait()
        self._task.clock.begin()
        self._logged = self._saved = self._task.clock.elapsed
        while self._begin():
            self._learn()
            self._together.barrier.wait()
            self._update()
            self._together.barrier.wait()
            self._look_after()
        self._save()

    def _begin(self) -> bool:
        """Agree on how far the run is. Tell whether another update is to be made."""
        memory = self._memory
        if self._first:
            made = int(memory.counts[Count.UPDATES]) - self._task.resumed.updates
            ended = self._together.stop.is_set() or _alone()
            memory.progress[0] = 1.0 if ended else self._task.clock.progress(made)
            memory.counts[Count.TAKEN] = memory.counts[Count.BROKEN] = 0
        self._together.barrier.wait()
        return float(memory.progress[0]) < 1

    def _learn(self) -> None:
        """Take batches until those of this update are taken."""
        cores = self._task.cores
        late = float(self._memory.progress[0]) >= cores.late_from
        each = cores.late_batches if late else cores.batches
        batches = list(islice(self._batches, each * len(self._memory.gradients)))
        while (number := self._taken()) < len(batches):
            self._learn_from(batches[number])

    def _taken(self) -> int:
        counts = self._memory.counts
        with self._together.lock:
            taken = int(counts[Count.TAKEN])
            counts[Count.TAKEN] += 1
        return taken

    def _learn_from(self, examples: Positions) -> None:
        batch = self._assembler.batch(examples)
        loss, tokens = candidate_loss(
            self._network.hidden(batch),
            batch.target_out,
            self._table,
            count=self._task.cores.candidates,
            smoothing=self._task.config.train.label_smoothing,
            scale=1 / self._task.cores.positions,
        )
        torch.autograd.backward(loss)
        seen = (
            float(loss.detach()),
            tokens,
            batch.source.numel() + batch.target_out.numel(),
            len(examples),
        )
        self._memory.tally[self._process] += torch.tensor(seen, dtype=torch.float64)
        if not loss.isfinite():
            self._memory.counts[Count.BROKEN] = 1

    def _update(self) -> None:
        memory, task = self._memory, self._task
        if memory.counts[Count.BROKEN]:
            self._part.forget()
        else:
            rate = rate_factor(float(memory.progress[0]), task.config.train.warm_up)
            self._part.update(task.peak * rate)
        if self._first:
            memory.counts[Count.UPDATES] += 1

    def _look_after(self) -> None:
        """Log and save, each when it is due; all save after the same update."""
        counts, clock, options = self._memory.counts, self._task.clock, self._task.config.train
        updates = int(counts[Count.UPDATES])
        if counts[Count.SAVE_AFTER] == updates:
            self._save()
        if not self._first:
            return
        if updates % options.log_every == 0:
            self._report(updates)
        if clock.elapsed - self._saved > options.checkpoint_seconds:
            counts[Count.SAVE_AFTER] = updates + 1
            self._saved = clock.elapsed

    def _save(self) -> None:
        save_state(part_file(self._task.run, self._process), self._part.state_dict())
        if self._first:
            updates = int(self._memory.counts[Count.UPDATES])
            state = {"model": self._memory.state(self._flat), "updates": updates}
            save_state(self._task.run / CHECKPOINT, state)

    def _report(self, updates: int) -> None:
        now = self._task.clock.elapsed
        loss, tokens, positions, examples = self._memory.tally.sum(0).tolist()
        self._memory.tally.zero_()
        seconds = max(1e-9, now - self._logged)
        self._log.write(
            "learning",
            updates=updates,
            progress=float(self._memory.progress[0]),
            loss=loss / max(1, tokens),
            positions_per_second=positions / seconds,
            examples_per_second=examples / seconds,
            seconds=now,
        )
        self._logged = now


def _alone() -> bool:
    """Tell whether whoever started the run was killed."""
    parent = parent_process()
    return parent is not None and not parent.is_alive()


def _keep_to_one_core(process: int) -> None:
    """Two processes on one core would wait for each other at every update."""
    torch.set_num_threads(1)
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[process % len(cores)]})


def _network(config: Config, flat: Flat, memory: Memory, process: int) -> Network:
    """Return the network over the shared weights; it adds to this process's gradients."""
    weights = flat.views(memory.weights)
    for name, gradient in flat.views(memory.gradients[process]).items():
        weights[name].requires_grad_().grad = gradient
    return Network(config.model, weights, memory.table, memory.table_gradients[process])


def _frequent(pack: Pack, pieces: int, count: int) -> torch.Tensor:
    often = np.bincount(pack.tokens, minlength=pieces)
    return torch.from_numpy(np.argsort(-often, kind="stable")[:count].copy())
