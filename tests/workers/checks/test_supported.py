import pytest

from tests.workers.checks.pairs import AR, EN, RU, pair
from workers.checks.supported import SupportedCheck

CHECK = SupportedCheck()


@pytest.mark.parametrize(
    ("source", "output", "language"),
    [
        ("Pavel Orlov drove the tram.", "The tram was driven by Orlov.", EN),
        ("The president met Haddad.", "It was President Hadad whom he met.", EN),
        ("Трамвай вёл Павел Орлов.", "За рулём был Орлова сын, а не сам Орлов.", RU),
        ("وصل الوفد إلى بغداد.", "الوفد في بغداد.", AR),
        ("Any text.", "", EN),
    ],
)
def test_what_its_sources_name_passes(source, output, language):
    assert CHECK(pair(source, output, (language, language))).passed


@pytest.mark.parametrize(
    ("source", "output", "language", "message"),
    [
        ("", "It rained.", EN, "No sentence of the article supports it."),
        ("Orlov drove.", "The driver was Smirnov.", EN, "Not named in its sources: Smirnov."),
        ("Вёл Орлов.", "Вёл его Смирнов.", RU, "Not named in its sources: Смирнов."),
        ("وصل الوفد إلى بغداد.", "الوفد في دمشق.", AR, "Not named in its sources: دمشق."),
        ("They met.", "They met in Oslo.", EN, "Not named in its sources: Oslo."),
    ],
)
def test_what_they_do_not_name_fails(source, output, language, message):
    check = CHECK(pair(source, output, (language, language)))
    assert not check.passed
    assert check.message == message


def test_a_translation_passes():
    assert CHECK(pair("", "Смирнов уехал.", (EN, RU))).passed


def test_a_headline_beside_itself_passes():
    assert CHECK(pair("Haddad Meets Orlov", "Haddad Meets Orlov", (EN, EN))).passed
