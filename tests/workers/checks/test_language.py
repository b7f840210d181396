import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.language import LanguageCheck
from workers.checks.table import is_degenerate, run_checks

CHECK = LanguageCheck()
SOURCE = "The president said on Tuesday that the government would raise pensions and cut taxes."


@pytest.mark.parametrize(
    ("output", "way"),
    [
        (
            "Президентът каза във вторник, че правителството ще увеличи пенсиите и данъците.",
            (EN, RU),
        ),
        (
            "У вівторок президент заявив, що уряд підвищить пенсії та знизить податки для всіх.",
            (EN, RU),
        ),
        (
            "رئیس جمهور روز سه‌شنبه گفت که دولت حقوق بازنشستگی را افزایش و مالیات‌ها را کاهش می‌دهد.",
            (EN, AR),
        ),
    ],
)
def test_a_neighbour_of_the_language_fails_and_is_decoded_again(output, way):
    check = CHECK(pair(SOURCE, output, way))
    assert not check.passed
    assert "appears to be" in (check.message or "")
    assert is_degenerate(run_checks(pair(SOURCE, output, way)))


@pytest.mark.parametrize(
    ("output", "way"),
    [
        (
            "Президент заявил во вторник, что правительство повысит пенсии и снизит налоги.",
            (EN, RU),
        ),
        ("قال الرئيس الثلاثاء إن الحكومة سترفع المعاشات وتخفض الضرائب.", (EN, AR)),
        ("Мы победили.", (EN, RU)),
        ("", (EN, RU)),
        (SOURCE, (EN, EN)),
    ],
)
def test_the_language_itself_passes(output, way):
    assert CHECK(pair(SOURCE, output, way)).passed
