"""Who may work beside whom."""

import threading

import pytest

from workers.floor import Floor

SOON = 5.0
NEVER = 0.05


def test_many_work_together():
    floor = Floor()
    everyone = threading.Barrier(3)

    def work() -> None:
        with floor.together():
            everyone.wait(SOON)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert not everyone.broken


def test_one_alone_waits_for_those_who_are_there_and_goes_before_those_who_come():
    floor = Floor()
    order: list[str] = []
    leave, alone_waits = threading.Event(), threading.Event()

    def early() -> None:
        with floor.together():
            leave.wait(SOON)
            order.append("early")

    def alone() -> None:
        alone_waits.set()
        with floor.alone():
            order.append("alone")

    def late() -> None:
        with floor.together():
            order.append("late")

    threads = [threading.Thread(target=work) for work in (early, alone, late)]
    threads[0].start()
    threads[1].start()
    assert alone_waits.wait(SOON)
    while not floor._waiting:
        pass
    threads[2].start()
    threads[2].join(NEVER)
    assert order == []
    leave.set()
    for thread in threads:
        thread.join(SOON)
    assert order == ["early", "alone", "late"]


def test_the_floor_is_free_again_after_an_error():
    floor = Floor()
    for place in (floor.alone, floor.together, floor.alone):
        with pytest.raises(ZeroDivisionError), place():
            _ = 1 / 0
