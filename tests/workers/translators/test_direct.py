from tests.workers.translators.engines import EN, RU, fake, use
from workers.engines.fake import FakeEngine
from workers.protocols import Decoding


def test_it_asks_its_engine_for_its_target():
    translator = fake(EN, RU)
    texts = ["The minister came.", "", "It rained."]
    assert translator.translate(texts, Decoding()) == FakeEngine().generate(
        texts, Decoding(), target=RU
    )
    assert translator.models == (use("fake"),)
