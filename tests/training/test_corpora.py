import pytest

from training.corpora import CorpusMalformed, find_corpora


def test_source_and_languages_come_from_the_name(write_corpus):
    folder = write_corpus("tico19.en-ar", [("a bridge", "جسر")])
    (folder / "README.md").write_text("no corpus", encoding="utf-8")

    (corpus,) = find_corpora(folder)

    assert (corpus.source, corpus.first, corpus.second) == ("tico19", "en", "ar")
    assert corpus.lines(limit=0, seed=1) == [("a bridge", "جسر")]


def test_a_limit_takes_the_same_lines_each_time(write_corpus):
    rows = [(f"bridge {n}", f"мост {n}") for n in range(50)]
    (corpus,) = find_corpora(write_corpus("tatoeba.en-ru", rows))

    chosen = corpus.lines(limit=10, seed=1)

    assert len(set(chosen)) == 10
    assert chosen == corpus.lines(limit=10, seed=1) != corpus.lines(limit=10, seed=2)
    assert set(chosen) < set(rows)


def test_a_line_that_is_no_pair_is_named(write_corpus):
    (corpus,) = find_corpora(write_corpus("tatoeba.en-ru", [("a", "б"), ("a\tb", "в")]))

    with pytest.raises(CorpusMalformed, match="line 2"):
        corpus.lines(limit=0, seed=1)
