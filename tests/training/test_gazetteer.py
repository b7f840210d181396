import pytest

from training.gazetteer import entry_pairs, read_dictionary, read_gazetteer
from training.items import NewsbankMalformed


def test_each_entry_is_three_pairs(newsbank):
    entries = read_gazetteer(newsbank / "gazetteer.tsv")

    assert len(list(entry_pairs(entries))) == 3 * len(entries)
    assert {"capital", "person", "term"} <= {entry.kind for entry in entries}


def test_an_entry_without_a_language_is_named(tmp_path):
    path = tmp_path / "gazetteer.tsv"
    path.write_text("city\tCairo\tКаир\tالقاهرة\ncity\tOslo\t\tأوسلو\n", encoding="utf-8")

    with pytest.raises(NewsbankMalformed, match="line 2"):
        read_gazetteer(path)


def test_there_may_be_no_dictionary(tmp_path):
    assert read_dictionary(tmp_path) == []
