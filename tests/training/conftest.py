import lzma
from pathlib import Path

import pytest

import training
from training.config import read_config
from training.export import export
from training.miniature import learn_vocabulary
from training.packing import pack
from training.prepare import Inputs, prepare
from training.train import train
from training.unpacking import unpack

NEWSBANK = Path(training.__file__).parent / "newsbank"
TINY = Path(training.__file__).parent / "configs" / "tiny.toml"


@pytest.fixture
def newsbank():
    return NEWSBANK


@pytest.fixture(scope="session")
def config():
    return read_config(TINY)


@pytest.fixture(scope="session")
def work(tmp_path_factory, config):
    """A folder in which the newsbank alone was prepared, learnt from and packed."""
    folder = tmp_path_factory.mktemp("work")
    prepare(config, Inputs(NEWSBANK), folder)
    learn_vocabulary(config, folder)
    pack(config, TINY, folder, folder / "pack")
    return folder


@pytest.fixture(scope="session")
def packed(work):
    return unpack(work / "pack")


@pytest.fixture(scope="session")
def trained(work, config, packed):
    """The folder of a run that was trained for as many updates as the configuration says."""
    train(config, packed, work / "run", budget=600)
    return work / "run"


@pytest.fixture(scope="session")
def exported(work, config, packed, trained):
    """The folder of the exported model, and how well it agreed with PyTorch."""
    return work / "exported", export(config, packed, trained, work / "exported")


@pytest.fixture
def write_corpus(tmp_path):
    """Write a corpus file as they come, and return its folder."""

    def write(name, rows):
        folder = tmp_path / "corpora"
        folder.mkdir(exist_ok=True)
        with lzma.open(folder / f"{name}.tsv.xz", "wt", encoding="utf-8") as stream:
            stream.writelines(f"{first}\t{second}\n" for first, second in rows)
        return folder

    return write


@pytest.fixture
def write_evaluation(tmp_path):
    """Write an evaluation set of one sentence in three languages, and return its folder."""

    def write(en, ru, ar):
        folder = tmp_path / "evaluation"
        folder.mkdir(exist_ok=True)
        (folder / "set.dev.tsv").write_text(f"en\tru\tar\n{en}\t{ru}\t{ar}\n", encoding="utf-8")
        return folder

    return write
