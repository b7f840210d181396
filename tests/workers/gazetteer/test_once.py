import subprocess
import sys
import threading
import time

from workers.gazetteer.once import once


def test_threads_that_come_together_share_one_value():
    made: list[object] = []

    @once
    def value(name: str) -> object:
        time.sleep(0.05)
        made.append(name)
        return object()

    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(value("a"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    assert len({id(thing) for thing in found}) == 1
    assert value("b") is not found[0]


FIRST_USE = """
import threading
from khabar.languages import Language
from workers.checks.names import names_missing

errors = []
def use():
    try:
        names_missing("He flew to Belgrade.", Language.ENGLISH, "в Белград", Language.RUSSIAN)
    except BaseException as error:
        errors.append(error)
threads = [threading.Thread(target=use) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert not errors, errors
"""


def test_the_first_use_of_the_gazetteer_may_come_from_several_threads():
    # In a process of its own, where nothing has used it before.
    subprocess.run([sys.executable, "-c", FIRST_USE], check=True, timeout=120)
