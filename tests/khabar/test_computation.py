from khabar.computation import Computation
from khabar.languages import Language
from khabar.queues import Stage
from khabar.summary import Length

RUSSIAN = Computation(
    article_hash="a" * 64,
    source_language=Language.ENGLISH,
    language=Language.RUSSIAN,
    length=Length.SHORT,
    recipe="builtin",
    fingerprint="f" * 32,
)


def test_the_source_of_a_translation_has_an_identity_of_its_own():
    before = RUSSIAN.id
    source = RUSSIAN.source()
    assert (source.stage, RUSSIAN.stage) == (Stage.SUMMARISE, Stage.TRANSLATE)
    assert source.id != before
    assert source.source().id == source.id


def test_everything_that_can_change_a_summary_changes_its_identity():
    changes = {
        "article_hash": "b" * 64,
        "language": Language.ARABIC,
        "length": Length.LONG,
        "fingerprint": "e" * 32,
    }
    ids = {RUSSIAN.model_copy(update={name: value}).id for name, value in changes.items()}
    assert len(ids | {RUSSIAN.id}) == 5
