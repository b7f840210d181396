"""Real processes learn together."""

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, replace

import pytest

from tests.waiting import wait_for
from training.checkpoint import CHECKPOINT, WEIGHTS
from training.config import ConfigInvalid, CoresConfig
from training.cores.run import ProcessFailed, VocabularyDiffers, train_on_cores
from training.cores.worker import part_file
from training.export import export
from training.train import LOG, RESULT
from training.unpacking import PackDamaged
from training.vocabulary import VOCABULARY
from training.weights import load_weights

CORES = CoresConfig(
    processes=2,
    positions=800,
    batches=1,
    late_batches=2,
    late_from=0.7,
    candidates=600,
    frequent=100,
)


@pytest.fixture(scope="module")
def cores_config(config):
    options = replace(config.train, max_updates=40, log_every=10, checkpoint_seconds=0.5)
    return replace(config, train=options, cores=CORES)


@pytest.fixture(scope="module")
def learnt(cores_config, work, tmp_path_factory):
    """The folder of a run of two processes, and its result."""
    run = tmp_path_factory.mktemp("cores")
    return run, train_on_cores(cores_config, work / "pack", run, budget=300)


def read(path):
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def losses(run):
    lines = [json.loads(line) for line in (run / LOG).read_text(encoding="utf-8").splitlines()]
    return [line["loss"] for line in lines if line["event"] == "learning"]


def test_two_processes_learn_one_model(learnt):
    run, result = learnt

    assert result["updates"] == 40
    assert losses(run)[-1] < losses(run)[0] - 1
    assert result["validation loss"]["last"]["mean"] < 6.5
    assert json.loads((run / RESULT).read_text(encoding="utf-8")) == result


def test_the_weights_are_exported_like_those_of_other_runs(learnt, cores_config, packed, tmp_path):
    agreement = export(cores_config, packed, learnt[0], tmp_path / "exported")

    assert agreement.float32 == 1.0


def test_a_run_goes_on_from_its_whole_state(learnt, cores_config, work, tmp_path):
    for path in (CHECKPOINT, "part-0.pt", "part-1.pt"):
        shutil.copyfile(learnt[0] / path, tmp_path / path)

    config = replace(cores_config, train=replace(cores_config.train, max_updates=10))
    result = train_on_cores(config, work / "pack", tmp_path, budget=300, go_on=True)

    assert result["updates"] == 50
    assert losses(tmp_path)[0] < losses(learnt[0])[-1] + 0.5


def test_a_run_goes_on_from_the_weights_alone(learnt, cores_config, work, tmp_path):
    shutil.copyfile(learnt[0] / WEIGHTS, tmp_path / WEIGHTS)
    config = replace(cores_config, train=replace(cores_config.train, max_updates=5))

    result = train_on_cores(config, work / "pack", tmp_path, budget=300, go_on=True)

    assert result["updates"] == 5
    assert result["validation loss"]["last"]["mean"] < 6.5


def test_other_pieces_are_no_beginning(learnt, cores_config, work, tmp_path):
    shutil.copyfile(learnt[0] / WEIGHTS, tmp_path / WEIGHTS)
    (tmp_path / VOCABULARY).write_bytes(b"others")

    with pytest.raises(VocabularyDiffers, match=r"vocabulary\.spm is not the pack's"):
        train_on_cores(cores_config, work / "pack", tmp_path, budget=10, go_on=True)

    assert (tmp_path / VOCABULARY).read_bytes() == b"others"


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_an_asked_end_keeps_what_was_learnt(cores_config, work, tmp_path, asked):
    config = replace(cores_config, train=replace(cores_config.train, max_updates=0))

    def ask():
        wait_for(part_file(tmp_path, 1).is_file, 120)
        os.kill(os.getpid(), asked)

    threading.Thread(target=ask, daemon=True).start()
    result = train_on_cores(config, work / "pack", tmp_path, budget=180)

    assert result["updates"] > 0
    assert load_weights(tmp_path / WEIGHTS)


def test_a_process_that_fails_ends_the_run(learnt, cores_config, work, tmp_path):
    shutil.copyfile(learnt[0] / CHECKPOINT, tmp_path / CHECKPOINT)
    shutil.copyfile(learnt[0] / "part-0.pt", tmp_path / "part-0.pt")
    (tmp_path / "part-1.pt").write_bytes(b"damaged")

    with pytest.raises(ProcessFailed, match="2 of 2 processes failed"):
        train_on_cores(cores_config, work / "pack", tmp_path, budget=300, go_on=True)


def test_a_state_of_more_processes_is_not_gone_on_from(learnt, cores_config, work, tmp_path):
    for path in (CHECKPOINT, "part-0.pt", "part-1.pt"):
        shutil.copyfile(learnt[0] / path, tmp_path / path)
    config = replace(cores_config, cores=replace(CORES, processes=1))

    with pytest.raises(ConfigInvalid, match=r"cores\.processes: 1, but 2 saved"):
        train_on_cores(config, work / "pack", tmp_path, budget=10, go_on=True)


def test_a_run_whose_starter_is_killed_ends(work, config, tmp_path):
    config_file = tmp_path / "config.toml"
    text = (work / "pack" / "config.toml").read_text(encoding="utf-8")
    text = text.replace("max_updates = 150", "max_updates = 0")
    spread = "\n".join(f"{name} = {value}" for name, value in asdict(CORES).items())
    config_file.write_text(f"{text}\n[cores]\n{spread}\n", encoding="utf-8")
    command = [sys.executable, "-m", "training", "cores", "--budget", "100"]
    options = ["--config", config_file, "--folder", work / "pack", "--work", tmp_path]
    starter = subprocess.Popen([*command, *options], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: "learning" in read(tmp_path / "run" / LOG), 90)
    finally:
        starter.kill()
        starter.wait()

    # Without anyone to end it, it would go on until the hundred seconds are over.
    wait_for((tmp_path / "run" / CHECKPOINT).is_file, 20)


def test_a_process_that_is_killed_ends_the_run(cores_config, work, tmp_path):
    config = replace(cores_config, train=replace(cores_config.train, max_updates=0))

    def kill():
        wait_for(part_file(tmp_path, 1).is_file, 120)
        multiprocessing.active_children()[0].kill()

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(ProcessFailed, match="2 of 2 processes failed"):
        train_on_cores(config, work / "pack", tmp_path, budget=180)


def test_bf16_learns_too(cores_config, work, tmp_path):
    options = replace(cores_config.train, max_updates=4, precision="bf16", log_every=1)
    config = replace(cores_config, train=options)

    train_on_cores(config, work / "pack", tmp_path, budget=300)

    assert losses(tmp_path)[-1] < losses(tmp_path)[0]
    assert all(one.isfinite().all() for one in load_weights(tmp_path / WEIGHTS).values())


def test_a_configuration_without_cores_is_refused(config, work, tmp_path):
    with pytest.raises(ConfigInvalid, match="cores: missing"):
        train_on_cores(config, work / "pack", tmp_path, budget=10)


def test_a_damaged_pack_is_refused(cores_config, tmp_path):
    with pytest.raises(PackDamaged):
        train_on_cores(cores_config, tmp_path, tmp_path / "run", budget=10)


def test_the_environment_is_as_before(learnt):
    assert (learnt[0] / RESULT).is_file()
    assert "ONEDNN_PRIMITIVE_CACHE_CAPACITY" not in os.environ
