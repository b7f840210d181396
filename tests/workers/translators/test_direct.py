from tests.workers.translators.engines import EN, RU, fake, use
from workers.engines.fake import FakeEngine
from workers.protocols import Decoding, Hypothesis
from workers.translators.direct import DirectTranslator


def test_it_asks_its_engine_for_its_target():
    translator = fake(EN, RU)
    texts = ["The minister came.", "", "It rained."]
    assert translator.translate(texts, Decoding()) == FakeEngine().generate(
        texts, Decoding(), target=RU
    )
    assert translator.models == (use("fake"),)


class Unsure:
    """Finds the same two outputs for every sentence."""

    def generate(self, sentences, _decoding, *, target):  # noqa: ARG002 -- as engines are asked.
        worse = Hypothesis("worse", 1, True, -0.7)
        return [Hypothesis("best", 1, True, -0.6, others=(worse,)) for _ in sentences]


def test_what_the_model_was_less_sure_of_than_is_asked_is_not_certain():
    def certain(least):
        (found,) = DirectTranslator(Unsure(), EN, RU, (), least).translate(["One."], Decoding())
        return found.certain, found.others[0].certain

    assert certain(None) == (None, None)
    assert certain(-0.8) == (True, True)
    assert certain(-0.6) == (True, False)
    assert certain(-0.5) == (False, False)
