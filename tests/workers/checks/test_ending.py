import pytest

from tests.workers.checks.pairs import pair
from workers.checks.ending import EndingCheck


@pytest.mark.parametrize(
    ("source", "output", "passed"),
    [
        ("He came.", "Он пришёл.", True),
        ("Did he come?", "هل جاء؟", True),
        ('He said: "Come."', "Он сказал: «Приходи».", True),
        ("Minister arrives in Cairo", "Министр прибыл в Каир", True),
        ("He came on Monday.", "Он пришёл в", False),
        ("He came.", "", False),
    ],
)
def test_an_output_must_end_as_its_source_does(source, output, passed):
    assert EndingCheck()(pair(source, output)).passed is passed
