"""Deterministic engines for the batcher's tests."""

import threading
from collections.abc import Callable, Sequence

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.protocols import Decoding, Hypothesis

PLAIN = Decoding()
POISON = "poison"


def answer(sentence: str, decoding: Decoding, target: Language) -> Hypothesis:
    text = f"{target}:{decoding.beam_size}:{sentence[::-1]}"
    return Hypothesis(text, len(sentence), finished=True, score=-0.5)


class Recorder:
    """Turns sentences round, notes its calls, and fails those that hold the poison.

    ``before`` is called at the start of each call, with the call's sentences.
    """

    def __init__(self, before: Callable[[Sequence[str]], None] = lambda _: None) -> None:
        self._before = before
        self._lock = threading.Lock()
        self.calls: list[list[str]] = []
        self.running = 0
        self.most_running = 0

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        with self._lock:
            self.calls.append(list(sentences))
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            self._before(sentences)
            if any(POISON in sentence for sentence in sentences):
                raise EngineFailed("This sentence cannot be translated.")
            return [answer(sentence, decoding, target) for sentence in sentences]
        finally:
            with self._lock:
                self.running -= 1


class Gate:
    """Holds an engine's calls until they are let through, and tells how many have come."""

    def __init__(self) -> None:
        self._come = threading.Semaphore(0)
        self._open = threading.Semaphore(0)

    def __call__(self, _: Sequence[str]) -> None:
        self._come.release()
        assert self._open.acquire(timeout=20)

    def wait_for_a_call(self) -> None:
        assert self._come.acquire(timeout=20)

    def let_through(self, calls: int = 1) -> None:
        for _ in range(calls):
            self._open.release()
