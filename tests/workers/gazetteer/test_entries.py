from pathlib import Path

from khabar.languages import Language
from workers.gazetteer.entries import entries, read_data

NEWSBANK = Path(__file__).resolve().parents[3] / "training" / "newsbank"


def test_the_gazetteer_is_that_of_the_newsbank():
    """If this fails: cp training/newsbank/gazetteer.tsv workers/data/gazetteer.tsv."""
    assert read_data("gazetteer.tsv") == (
        (NEWSBANK / "gazetteer.tsv").read_text(encoding="utf-8").splitlines()
    )


def test_every_entry_has_a_form_in_every_language():
    assert len(entries()) > 5_000
    assert all(set(entry.forms) == set(Language) for entry in entries())
    assert all(form.strip() for entry in entries() for form in entry.forms.values())


def test_the_aliases_are_there_too():
    assert {"U.S.", "UK"} <= {entry.forms[Language.ENGLISH] for entry in entries()}
