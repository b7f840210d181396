import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from khabar.logs import configure_logs
logging.getLogger("server").addHandler(logging.NullHandler())
logging.getLogger("server").propagate = False
configure_logs("{form}", taken_over=["server"])
structlog.get_logger("ours").warning("an event", computation="abc")
logging.getLogger("server").info("theirs")
logging.getLogger("celery.worker.strategy").info("too much")
"""


def lines_of(form: str) -> list[str]:
    # In a process of its own, since logging is the whole process's.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(form=form)],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_all_events_come_as_json_lines():
    ours, theirs = map(json.loads, lines_of("json"))
    assert (ours["event"], ours["computation"], ours["level"]) == ("an event", "abc", "warning")
    assert (theirs["event"], theirs["logger"]) == ("theirs", "server")


def test_people_get_plain_lines():
    ours, theirs = lines_of("console")
    assert "an event" in ours
    assert "computation=abc" in ours
    assert "theirs" in theirs
