import pytest

from khabar.glossary import Entry, Glossary
from khabar.languages import Language
from workers.checks.glossary import GlossaryCheck
from workers.protocols import Pair

EN, RU = Language.ENGLISH, Language.RUSSIAN
CHECK = GlossaryCheck(
    Glossary(
        [
            Entry({EN: ("ceasefire",), RU: ("перемирие", "прекращение огня")}),
            Entry({EN: ("UN",), RU: ("ООН",)}),
        ]
    )
)


@pytest.mark.parametrize("output", ["ООН сообщила о перемирии.", "О прекращении огня — ООН."])
def test_the_desks_terms_pass(output):
    outcome = CHECK(Pair("The UN announced a ceasefire.", EN, output, RU))
    assert (outcome.name, outcome.passed, outcome.message) == ("glossary", True, None)


def test_what_is_missing_is_named():
    outcome = CHECK(Pair("The UN announced a ceasefire.", EN, "Объявлено затишье.", RU))
    assert not outcome.passed
    assert outcome.message == "Terms of the glossary are missing: ООН (UN), перемирие (ceasefire)."


def test_a_pair_of_one_language_passes():
    assert CHECK(Pair("The UN announced a ceasefire.", EN, "It did.", EN)).passed
