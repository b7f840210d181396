import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import training
from training.gpu import MAX_FILE, MAX_FILES, TooMuchToSend, run_on_gpu, send
from training.pieces import join_folder

_ROOT = Path(training.__file__).parents[1]
# What a bare GPU machine lacks. Blocking these shows that nothing of them is needed there.
_ABSENT = (
    "Stemmer",
    "celery",
    "ctranslate2",
    "fastapi",
    "pydantic",
    "pydantic_settings",
    "redis",
    "structlog",
    "workers",
)
_BLOCKED = f"""
import importlib.abc, sys
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {_ABSENT!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Blocker())
import training.cli, training.gpu
"""


def test_the_command_needs_nothing_that_a_gpu_machine_lacks():
    done = subprocess.run(
        [sys.executable, "-c", _BLOCKED], cwd=_ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_whole_command(config, packed, tmp_path):
    short = replace(config, train=replace(config.train, max_updates=2))

    result = run_on_gpu(short, packed.folder, tmp_path / "work", tmp_path / "out", budget=300)

    files = list((tmp_path / "out").iterdir())
    assert len(files) <= MAX_FILES
    assert all(path.stat().st_size <= MAX_FILE for path in files)
    join_folder(tmp_path / "out", tmp_path / "joined")
    sent = json.loads((tmp_path / "joined" / "result.json").read_text(encoding="utf-8"))
    assert sent["updates"] == result["updates"] == 2
    assert (tmp_path / "joined" / "weights.npz").is_file()


def test_too_much_to_send_is_said(tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    for name in ("log.jsonl", "result.json", "translations.json"):
        (run / name).write_text("{}", encoding="utf-8")
    with (run / "weights.npz").open("wb") as stream:
        stream.truncate(65 * 2**20)

    with pytest.raises(TooMuchToSend, match="files"):
        send(run, tmp_path / "out")
