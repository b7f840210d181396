import shutil
from dataclasses import replace

import pytest

from khabar.languages import Language
from workers.engines.ct2 import load_engine
from workers.hints.lexicon import HINTS, Lexicon
from workers.hints.stems import Stems
from workers.models.install import install_from_folder
from workers.models.manifest import ModelCard
from workers.models.store import ModelStore
from workers.protocols import Decoding

EN, RU = Language.ENGLISH, Language.RUSSIAN


@pytest.fixture
def told(tiny, tmp_path):
    """The tiny model, installed with hints from a folder that has some."""
    folder = tmp_path / "converted"
    shutil.copytree(tiny.folder, folder)
    Lexicon.of([(EN, RU, Stems(EN).of("hurricane"), "ураган")]).write(folder / HINTS)
    (folder / "manifest.json").unlink()
    card = ModelCard(**tiny.manifest.model_dump(include=set(ModelCard.model_fields)))
    return install_from_folder(folder, ModelStore(tmp_path / "store"), card)


def test_hints_are_installed_with_their_model(told):
    assert HINTS in told.manifest.files


def test_a_model_that_knows_its_source_reads_hints(told):
    engine = load_engine(told).reading(EN)

    plain, hinted = (engine._encode(text, RU) for text in ("the storm", "the hurricane"))

    assert ">>rus<<" not in plain
    place = hinted.index(">>rus<<")
    assert hinted[place + 1 :] == engine._vocabulary.encode("ураган")


@pytest.mark.parametrize("source", [None, RU])
def test_there_are_none_without_the_source_or_in_another_direction(told, source):
    engine = load_engine(told)
    engine = engine if source is None else engine.reading(source)

    assert engine._encode("hurricane", RU) == engine._vocabulary.encode("hurricane")


def test_an_engine_may_do_without(told):
    engine = load_engine(told).reading(EN)

    assert ">>rus<<" in engine._encode("hurricane", RU)
    assert ">>rus<<" not in engine.without_hints()._encode("hurricane", RU)


def test_hints_count_in_what_the_model_reads_at_once(told):
    text = " ".join(["hurricane"] * 8)
    room = len(load_engine(told)._encode(text, RU)) + 2
    short = replace(told, manifest=told.manifest.model_copy(update={"max_source_tokens": room}))
    engine = load_engine(short)

    assert engine.fits(text, RU)
    assert not engine.reading(EN).fits(text, RU)
    (hypothesis,) = engine.reading(EN).generate([text], Decoding(beam_size=1), target=RU)
    assert hypothesis.text
