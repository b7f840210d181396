import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.script import ScriptCheck


@pytest.mark.parametrize(
    ("output", "language", "passed"),
    [
        ("Компания Microsoft купила завод.", RU, True),
        ("اشترت شركة Microsoft مصنعا.", AR, True),
        ("The café in Düsseldorf closed.", EN, True),
        ("2026", AR, True),
        ("", RU, True),
        ("The company bought a plant.", RU, False),
        ("Компания купила завод.", AR, False),
        ("The company купила a very large plant in the north.", EN, False),
        ("Компания купила большой завод في.", RU, False),
        ("اشترت الشركة مصنعا كبيرا на.", AR, False),
    ],
)
def test_the_output_must_be_in_its_own_script(output, language, passed):
    assert ScriptCheck()(pair("Any.", output, (EN, language))).passed is passed
