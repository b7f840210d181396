import random
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from khabar.queues import Priority
from tests.workers.batching.engines import PLAIN, POISON, Gate, Recorder, answer
from workers.batching.batcher import Batcher
from workers.batching.engine import BatchingEngine
from workers.batching.limits import Limits
from workers.batching.priority import working_at
from workers.protocols import Decoding, Hypothesis

RUSSIAN = Language.RUSSIAN
pytestmark = pytest.mark.timeout(60)


def wait_until(condition) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


class Scene:
    """An engine behind a gate, its batcher, and callers that come one after the other."""

    def __init__(self, **limits: float) -> None:
        self.gate = Gate()
        self.engine = Recorder(self.gate)
        self.batcher = Batcher(Limits(**{"calls_at_once": 1, **limits}))
        self.batching = BatchingEngine(self.engine, self.batcher)
        self._callers = ThreadPoolExecutor(32)

    def ask(
        self,
        *sentences: str,
        priority: Priority = Priority.BULK,
        decoding: Decoding = PLAIN,
        target: Language = RUSSIAN,
    ) -> Future[list[Hypothesis]]:
        def call() -> list[Hypothesis]:
            with working_at(priority):
                return self.batching.generate(sentences, decoding, target=target)

        before = self.taken_in
        future = self._callers.submit(call)
        wait_until(lambda: self.taken_in > before or len(self.batcher._at_the_door) > 0)
        return future

    @property
    def taken_in(self) -> int:
        begun = {text for call in self.engine.calls for text in call}
        waiting = {text for piece in self.batcher._backlog._pieces for text in piece.sentences}
        return len(begun | waiting)

    def hold(self) -> Future[list[Hypothesis]]:
        """Occupy the engine, so that what is asked next has to wait."""
        future = self.ask("held")
        self.gate.wait_for_a_call()
        return future

    def close(self) -> None:
        self.gate.let_through(1000)
        self.batcher.close()
        self._callers.shutdown()


@pytest.fixture
def scene():
    made: list[Scene] = []

    def make(**limits: float) -> Scene:
        made.append(Scene(**limits))
        return made[-1]

    yield make
    for one in made:
        one.close()


def texts(future: Future[list[Hypothesis]]) -> list[str]:
    return [hypothesis.text for hypothesis in future.result(20)]


def expected(*sentences: str, target: Language = RUSSIAN) -> list[str]:
    return [answer(sentence, PLAIN, target).text for sentence in sentences]


def test_what_comes_while_a_call_runs_is_the_next_call(scene):
    one = scene()
    first = one.hold()
    others = [one.ask(f"a{number}", f"b{number}") for number in range(3)]
    one.gate.let_through(2)
    assert texts(first) == expected("held")
    assert [texts(future) for future in others] == [
        expected(f"a{number}", f"b{number}") for number in range(3)
    ]
    assert [len(call) for call in one.engine.calls] == [1, 6]


def test_a_call_lists_its_sentences_by_length(scene):
    one = scene()
    one.hold()
    future = one.ask("aaa", "a", "aaaaa")
    other = one.ask("bb", "bbbb")
    one.gate.let_through(2)
    assert texts(future) == expected("aaa", "a", "aaaaa")
    assert texts(other) == expected("bb", "bbbb")
    assert one.engine.calls[1] == ["aaaaa", "bbbb", "aaa", "bb", "a"]


@pytest.mark.parametrize(
    "other", [{"decoding": Decoding(beam_size=1)}, {"target": Language.ARABIC}]
)
def test_other_settings_are_another_call(scene, other):
    one = scene()
    one.hold()
    futures = [one.ask("one"), one.ask("two", **other), one.ask("three")]
    one.gate.let_through(3)
    for future in futures:
        future.result(20)
    assert one.engine.calls[1:] == [["three", "one"], ["two"]]


def test_a_call_keeps_to_its_limits(scene):
    one = scene(batch_sentences=4, batch_characters=10)
    one.hold()
    futures = [one.ask("aa", "aa", "aa"), one.ask("bb"), one.ask("ccccc"), one.ask("d" * 30)]
    one.gate.let_through(4)
    for future in futures:
        future.result(20)
    assert one.engine.calls[1:] == [["aa", "aa", "aa", "bb"], ["ccccc"], ["d" * 30]]


def test_a_large_request_is_cut_into_calls_of_like_length(scene):
    one = scene(batch_sentences=2)
    sentences = ["aaa", "a", "aaaa", "aa", "aaaaa"]
    future = one.ask(*sentences)
    one.gate.let_through(3)
    assert texts(future) == expected(*sentences)
    assert one.engine.calls == [["aaaaa", "aaaa"], ["aaa", "aa"], ["a"]]


def test_as_many_calls_run_as_the_engine_wants(scene):
    one = scene(calls_at_once=2)
    futures = [one.ask("one")]
    one.gate.wait_for_a_call()
    futures.append(one.ask("two"))
    one.gate.wait_for_a_call()
    futures += [one.ask("three"), one.ask("four")]
    assert one.engine.calls == [["one"], ["two"]]
    one.gate.let_through(3)
    for future in futures:
        future.result(20)
    assert one.engine.calls[2] == ["three", "four"]
    assert one.engine.most_running == 2


def test_urgent_work_goes_first(scene):
    one = scene(batch_sentences=1)
    one.hold()
    futures = [
        one.ask("bulk 1"),
        one.ask("bulk 2"),
        one.ask("urgent 1", priority=Priority.URGENT),
        one.ask("urgent 2", priority=Priority.URGENT),
    ]
    one.gate.let_through(5)
    for future in futures:
        future.result(20)
    assert one.engine.calls[1:] == [["urgent 1"], ["urgent 2"], ["bulk 1"], ["bulk 2"]]


def test_bulk_work_that_has_waited_is_not_overtaken(scene):
    one = scene(batch_sentences=1, bulk_patience_seconds=0.05)
    one.hold()
    old = one.ask("old")
    time.sleep(0.1)
    futures = [old, one.ask("young"), one.ask("urgent", priority=Priority.URGENT)]
    one.gate.let_through(4)
    for future in futures:
        future.result(20)
    assert one.engine.calls[1:] == [["old"], ["urgent"], ["young"]]


def test_only_so_much_waits_inside_and_the_others_at_the_door(scene):
    one = scene(batch_sentences=1, waiting_characters=6)
    one.hold()
    futures = [one.ask("aaa"), one.ask("bbb"), one.ask("ccc"), one.ask("d" * 50)]
    assert one.batcher._backlog.characters == 6
    assert len(one.batcher._at_the_door) == 2
    one.gate.let_through(5)
    assert [texts(future) for future in futures] == [
        expected(text) for text in ("aaa", "bbb", "ccc", "d" * 50)
    ]
    assert one.batcher._at_the_door == []


def test_an_error_reaches_only_the_one_who_caused_it(scene):
    one = scene()
    one.hold()
    good = [one.ask("good 1", "also good"), one.ask("good 2")]
    bad = one.ask("fine", POISON)
    good.append(one.ask("good 3"))
    one.gate.let_through(10)
    assert [texts(future) for future in good] == [
        expected("good 1", "also good"),
        expected("good 2"),
        expected("good 3"),
    ]
    with pytest.raises(EngineFailed, match="This sentence"):
        bad.result(20)
    # Together, and then each of the four alone.
    assert [len(call) for call in one.engine.calls[1:]] == [6, 2, 1, 2, 1]


def test_a_large_request_fails_once(scene):
    one = scene(batch_sentences=1)
    future = one.ask(POISON, "good 1", "good 2")
    one.gate.let_through(10)
    with pytest.raises(EngineFailed):
        future.result(20)
    wait_until(lambda: not one.batcher._backlog)
    assert len(one.engine.calls) < 3


@pytest.mark.parametrize("answers", [0, 2])
def test_an_engine_that_miscounts_keeps_nobody_waiting(answers):
    class Miscounting:
        def generate(self, _, decoding, *, target):
            return [answer("", decoding, target)] * answers

    with Batcher(Limits()) as batcher, pytest.raises(ValueError, match="zip"):
        BatchingEngine(Miscounting(), batcher).generate(["one"], PLAIN, target=RUSSIAN)


def test_closing_finishes_what_was_taken_in_and_refuses_the_rest(scene):
    one = scene(waiting_characters=3)
    held = one.hold()
    inside, outside = one.ask("in."), one.ask("outside")
    closing = threading.Thread(target=one.batcher.close)
    closing.start()
    with pytest.raises(EngineFailed, match="shutting down"):
        outside.result(20)
    assert closing.is_alive()
    one.gate.let_through(2)
    closing.join(20)
    assert [texts(held), texts(inside)] == [expected("held"), expected("in.")]
    with pytest.raises(EngineFailed, match="shutting down"):
        one.batching.generate(["late"], PLAIN, target=RUSSIAN)
    assert not [item for item in threading.enumerate() if item.name.startswith("khabar-batch")]


def test_a_lone_job_is_not_delayed():
    engine = Recorder()
    with Batcher(Limits(calls_at_once=2)) as batcher:
        batching = BatchingEngine(engine, batcher)
        start = time.monotonic()
        for _ in range(200):
            batching.generate(["one", "two"], PLAIN, target=RUSSIAN)
        assert (time.monotonic() - start) / 200 < 0.02


@pytest.mark.parametrize(("seed", "calls_at_once"), [(1, 1), (2, 2), (3, 3)])
def test_sixteen_callers_get_exactly_their_own(seed, calls_at_once):
    def dawdle(_: object) -> None:
        time.sleep(pauses.random() * 0.001)

    pauses = random.Random(seed)
    engine = Recorder(dawdle)
    limits = Limits(
        calls_at_once=calls_at_once,
        batch_sentences=12,
        batch_characters=200,
        waiting_characters=400,
        bulk_patience_seconds=0.01,
    )

    def caller(number: int, batcher: Batcher) -> int:
        chance = random.Random(seed * 100 + number)
        batching = BatchingEngine(engine, batcher)
        failures = 0
        for turn in range(25):
            sentences = [
                f"{number}.{turn}.{place} " + "x" * chance.randint(0, 40)
                for place in range(chance.randint(1, 20))
            ]
            poisoned = chance.random() < 0.1
            if poisoned:
                sentences[chance.randrange(len(sentences))] += POISON
            decoding = Decoding(beam_size=chance.randint(1, 2))
            target = chance.choice(list(Language))
            with working_at(chance.choice(list(Priority))):
                try:
                    found = batching.generate(sentences, decoding, target=target)
                except EngineFailed:
                    assert poisoned
                    failures += 1
                else:
                    assert not poisoned
                    assert found == [answer(text, decoding, target) for text in sentences]
        return failures

    with Batcher(limits) as batcher, ThreadPoolExecutor(16) as callers:
        failures = sum(callers.map(lambda number: caller(number, batcher), range(16)))
        assert failures > 0
        assert not batcher._backlog
        assert batcher._backlog.characters == 0
    assert engine.running == 0
    assert engine.most_running == calls_at_once


def test_bulk_work_gets_through_a_stream_of_urgent_work():
    engine = Recorder(lambda _: time.sleep(0.005))
    done = threading.Event()
    limits = Limits(calls_at_once=1, batch_sentences=1, bulk_patience_seconds=0.2)

    with Batcher(limits) as batcher, ThreadPoolExecutor(9) as callers:
        batching = BatchingEngine(engine, batcher)

        def urgent(number: int) -> None:
            with working_at(Priority.URGENT):
                while not done.is_set():
                    batching.generate([f"urgent {number}"], PLAIN, target=RUSSIAN)

        streams = [callers.submit(urgent, number) for number in range(8)]
        wait_until(lambda: len(engine.calls) > 8)
        start = time.monotonic()
        batching.generate(["bulk"], PLAIN, target=RUSSIAN)
        waited = time.monotonic() - start
        done.set()
        for stream in streams:
            stream.result(20)
    assert 0.2 <= waited < 2
