import re

import pytest

from benchmarks.model_shapes import Shape
from benchmarks.random_translator import decoding, install
from benchmarks.under_load import main
from khabar.languages import Language
from tests.benchmarks.test_models import TINY
from workers.engines.ct2 import load_engine
from workers.models.store import ModelStore

SHAPE = Shape("MarianConfig", 12_000, TINY)


@pytest.mark.parametrize("beam", [1, 4])
def test_the_random_translator_always_writes_as_many_russian_words(tmp_path, beam):
    engine = load_engine(install(ModelStore(tmp_path), SHAPE))
    search = decoding(beam)
    for hypothesis in engine.generate(
        ["Prices rose.", "He spoke."], search, target=Language.RUSSIAN
    ):
        assert hypothesis.tokens == search.max_length
        assert re.fullmatch(rf"([а-я]+ ){{{search.max_length - 1}}}[а-я]+", hypothesis.text)


def test_the_service_is_measured_beside_its_engine(capfd):
    main(["--threads", "1", "2", "--beams", "1", "--rounds", "1", "--jobs", "48"], SHAPE)
    printed = capfd.readouterr().out
    rates = re.findall(r"^\| (\d) \| 1 \| (\d+\.\d\d) \| .* \| 0.90 \|", printed, re.MULTILINE)
    assert [threads for threads, _ in rates] == ["1", "2"]
    assert all(0 < float(rate) < 1.5 for _, rate in rates)
    assert re.search(r"^\| 1 \| 1 \| \d+ \| 1.00 \| 1.2 \|", printed, re.MULTILINE)
