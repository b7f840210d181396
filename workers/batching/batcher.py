"""Gathers what concurrent callers ask of one model into common calls.

A call that comes while the model is idle is passed on at once. What comes while it is busy makes up
the next batch (docs/decisions/0010-batching.md).
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self

from khabar.errors import EngineFailed
from workers.batching.backlog import Backlog
from workers.batching.limits import Limits
from workers.batching.priority import current_priority
from workers.batching.request import Asked, Piece, Request
from workers.protocols import Hypothesis


class Batcher:
    """The queue before one model. Safe to use from any number of threads.

    Every piece that is taken in gets a turn on a pool as wide as the engine's own parallelism. A
    turn works off the batch that is due then, whoever it belongs to; there are never fewer turns
    left than pieces, so none is forgotten, and a turn that finds nothing left is over at once.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._backlog = Backlog(limits)
        self._at_the_door: list[Request] = []
        self._changed = threading.Condition()
        self._closed = False
        self._pool = ThreadPoolExecutor(limits.calls_at_once, thread_name_prefix="khabar-batch")

    def run(self, asked: Asked, sentences: Sequence[str]) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order. Blocks until all are there.

        Raises what the engine raises for these sentences, and EngineFailed after ``close``.
        """
        due = self._clock() + self._limits.allowance(current_priority())
        request = Request(asked, sentences, due)
        with self._changed:
            self._wait_at_the_door(request)
            self._take_in(list(request.pieces(self._limits)))
        return request.wait()

    def close(self) -> None:
        """Refuse new calls, finish those taken in, and end the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait_at_the_door(self, request: Request) -> None:
        self._at_the_door.append(request)
        # The sort keeps the order of those that are due at once, so nobody is passed by for ever.
        self._at_the_door.sort(key=lambda other: other.due)
        try:
            self._changed.wait_for(lambda: self._closed or self._may_enter(request))
        finally:
            self._at_the_door.remove(request)
            self._changed.notify_all()
        if self._closed:
            raise EngineFailed("The worker is shutting down.")

    def _may_enter(self, request: Request) -> bool:
        return self._at_the_door[0] is request and self._backlog.has_room(request.characters)

    def _take_in(self, pieces: Sequence[Piece]) -> None:
        try:
            for _ in pieces:
                self._pool.submit(self._turn)
        except RuntimeError as error:
            # The interpreter is ending. The turns already given find nothing, and do nothing.
            raise EngineFailed("The worker is shutting down.") from error
        self._backlog.add(pieces)

    def _turn(self) -> None:
        with self._changed:
            batch = self._backlog.take()
            self._changed.notify_all()
        self._work_off([piece for piece in batch if not piece.request.ended])

    def _work_off(self, batch: Sequence[Piece]) -> None:
        if not batch:
            return
        error = self._attempt(batch)
        if error is None:
            return
        if len(batch) == 1:
            self._settle(lambda: batch[0].request.fail(error))
            return
        # One of them is at fault, or a chance event was; only each alone can tell.
        for piece in batch:
            self._work_off([piece])

    def _attempt(self, batch: Sequence[Piece]) -> Exception | None:
        """Ask the engine once; settle the pieces, or return what stopped it."""
        texts = [text for piece in batch for text in piece.sentences]
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        try:
            hypotheses = batch[0].request.asked.generate([texts[at] for at in order])
            answers = dict(zip(order, hypotheses, strict=True))
        except Exception as error:  # noqa: BLE001 -- It is raised again where the caller waits.
            return error
        self._settle(lambda: _hand_out(batch, answers))
        return None

    def _settle(self, settling: Callable[[], None]) -> None:
        """Change requests one at a time: the pieces of one may be done on two threads."""
        with self._changed:
            settling()


def _hand_out(batch: Sequence[Piece], answers: dict[int, Hypothesis]) -> None:
    first = 0
    for piece in batch:
        end = first + len(piece.positions)
        piece.request.put(piece.positions, [answers[at] for at in range(first, end)])
        first = end
