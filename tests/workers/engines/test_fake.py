from khabar.languages import Language
from workers.engines.fake import FakeEngine
from workers.protocols import Decoding


def test_it_keeps_order_numbers_and_marks():
    (hypothesis,) = FakeEngine().generate(
        ["The minister said: 37 people, in Cairo!"], Decoding(), target=Language.RUSSIAN
    )
    words = hypothesis.text.split()
    assert len(words) == 7
    assert words[2].endswith(":")
    assert words[3] == "37"
    assert words[4].endswith(",")
    assert words[6].endswith("!")


def test_it_does_the_same_every_time():
    one, two = (
        FakeEngine().generate(["Cairo."], Decoding(), target=Language.ARABIC) for _ in range(2)
    )
    assert one == two
