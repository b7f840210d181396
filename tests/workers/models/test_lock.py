import threading
from pathlib import Path

from workers.models.lock import store_lock


def test_one_waits_for_the_other(tmp_path: Path):
    order: list[str] = []
    waits = threading.Event()

    def second() -> None:
        with store_lock(tmp_path, waits.set):
            order.append("second")

    with store_lock(tmp_path, lambda: order.append("first waited")):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(10)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
