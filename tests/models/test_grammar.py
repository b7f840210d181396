from khabar.languages import Language
from tests.models.grammar import lessons, unseen
from workers.checks.table import run_checks
from workers.protocols import Pair


def test_lessons_and_unseen_sentences_are_apart_and_all_different():
    known = {triple.en for triple in lessons()}
    new = {triple.en for triple in unseen()}
    assert len(known) == len(lessons())
    assert len(new) == len(unseen()) > 0
    assert not known & new
    assert lessons() == lessons()


def test_the_translations_pass_the_checks():
    for triple in lessons():
        for language in (Language.RUSSIAN, Language.ARABIC):
            checks = run_checks(Pair(triple.en, Language.ENGLISH, triple.text(language), language))
            failed = [check for check in checks if not check.passed]
            # Short sentences may be of unusual length; the grammar is no measure of that.
            assert [check.name for check in failed if check.name != "length"] == []
