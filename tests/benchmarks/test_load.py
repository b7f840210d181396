"""The load generator counts what it says it counts, and runs from end to end in a short form."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.load import Load, fresh, read_load

ROOT = Path(__file__).parents[2]
PRINTED = """Running 4s test @ http://127.0.0.1:8000/
  1 threads and 16 connections
  Latency Distribution
     50%  837.00us
     75%    1.10ms
     90%    2.00ms
     99%    1.20s{space}
  10 requests in 4.00s, 5.00MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 7
Requests/sec:   2500.50
""".replace("{space}", " ")  # wrk writes one after seconds.


def test_what_wrk_prints_is_read_with_its_units_and_all_errors():
    assert read_load(PRINTED) == Load(rate=2500.5, p50=0.837, p99=1200.0, errors=17)


def test_a_run_without_figures_is_an_error():
    with pytest.raises(ValueError, match="unable to connect"):
        read_load("unable to connect to localhost:1 Connection refused")


def test_fresh_articles_are_unlike_each_other():
    texts = {story["text"] for story in (*fresh(120, 0), *fresh(120, 1000))}
    assert len(texts) == 240


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_a_short_run():
    short = ("--rounds", "1", "--seconds", "1", "--articles", "6", "--streams", "40")
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *short],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    for part in ("Cached reads", "Fresh articles", "40 event streams", "busy with", "taken"):
        assert f"### {part}" in run.stdout or part in run.stdout
    assert "| errors | 0 |" in run.stdout
    rows = re.findall(r"^\| (?:GET|POST) .+ \| (\d+) \|$", run.stdout, re.MULTILINE)
    assert rows == ["0"] * 4
