import threading
import time
from dataclasses import dataclass, field

import pytest

from service.embedded import keeper as keeper_module
from service.embedded.keeper import Keeper


@dataclass
class Mortal:
    """A part that dies as soon as it was started, ``lives`` times."""

    name: str
    lives: int
    starts: list[float] = field(default_factory=list)
    exit_code: int = -9
    log: None = None

    @property
    def running(self) -> bool:
        return self.lives == 0

    def start(self) -> None:
        self.lives -= 1
        self.starts.append(time.monotonic())


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "_LOOK_SECONDS", 0.005)
    monkeypatch.setattr(keeper_module, "_FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(keeper_module, "_LONGEST_PAUSE_SECONDS", 0.15)


def keep_until_alive(*parts: Mortal) -> list[str]:
    told: list[str] = []
    stopping = threading.Event()
    thread = threading.Thread(target=Keeper(parts, None, stopping, told.append).keep)  # type: ignore[arg-type]
    thread.start()
    until = time.monotonic() + 10
    while not all(part.running for part in parts) and time.monotonic() < until:
        time.sleep(0.005)
    stopping.set()
    thread.join()
    return told


def test_what_dies_is_started_again_and_told():
    part = Mortal("worker", lives=1)
    (told,) = keep_until_alive(part)
    assert told == "The worker ended with code -9; it is started again in 0 s."
    assert len(part.starts) == 1


def test_the_pause_grows_to_a_limit_while_it_keeps_dying_and_starts_anew_after_a_steady_life():
    keeper = Keeper([], None, threading.Event(), lambda _: None)
    pauses = []
    for now in (0, 10, 20, 30, 30 + keeper_module._STEADY_SECONDS):
        pauses.append(keeper._next_pause("worker", now))
        keeper._started["worker"] = now
    assert pauses == [0.05, 0.1, 0.15, 0.15, 0.05]


def test_one_that_dies_does_not_hold_up_another():
    sick, sound = Mortal("API", lives=4), Mortal("worker", lives=1)
    keep_until_alive(sick, sound)
    assert sound.starts[0] < sick.starts[1]


def test_what_lives_is_left_alone():
    part = Mortal("worker", lives=0)
    assert keep_until_alive(part) == []
    assert part.starts == []
