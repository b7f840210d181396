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


def test_a_translation_says_whether_the_model_was_as_sure_as_is_asked():
    def enough(least):
        (found,) = DirectTranslator(Unsure(), EN, RU, (), least).translate(["One."], Decoding())
        return [one.certainty and one.certainty.enough for one in (found, *found.others)]

    assert enough(None) == [None, None]
    assert enough(-0.8) == [True, True]
    assert enough(-0.6) == [True, False]
    assert enough(-0.5) == [False, False]
