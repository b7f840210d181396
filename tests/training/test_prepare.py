from dataclasses import replace

import pytest

from khabar.languages import Language
from training.forms import bare
from training.gazetteer import read_dictionary
from training.guard import EvaluationLeak
from training.items import held_out, read_newsbank
from training.pairs import PAIRED, TRAIN, read_pairs
from training.prepare import PAIRS, Inputs, prepare

GOOD = [("The bridge was opened.", "Мост открыли."), ("The road is long.", "Дорога длинная.")]
KEPT = (
    "The council voted on Tuesday to close two old bridges.",
    "Совет проголосовал во вторник за закрытие двух старых мостов.",
    "صوت المجلس يوم الثلاثاء على إغلاق جسرين قديمين.",
)


@pytest.fixture
def few(config):
    """The tiny configuration on still less."""
    return replace(config, data=replace(config.data, items=30, lists=5, copies=1))


def texts(folder):
    return {text for p in read_pairs(folder / PAIRS) for text in (p.first_text, p.second_text)}


def test_corpora_are_cleaned_and_nothing_comes_twice(few, newsbank, write_corpus, tmp_path):
    again = ("The bridge was OPENED", "мост открыли!")
    code = ("See get_all_names(x)", "См. get_all_names(x)")
    rows = [*GOOD, again, code]
    corpora = write_corpus("tatoeba.en-ru", rows)

    report = prepare(few, Inputs(newsbank, corpora=corpora), tmp_path / "work")

    assert report["pairs"]["train tatoeba en-ru"] == len(GOOD)
    assert report["refused"]["tatoeba: repeated"] == 1
    assert report["refused"]["tatoeba: code"] == 1


def test_a_planted_evaluation_sentence_is_refused(
    few, newsbank, write_corpus, write_evaluation, tmp_path
):
    planted = (KEPT[0].upper(), KEPT[1])
    corpora = write_corpus("tatoeba.en-ru", [*GOOD, planted])
    evaluation = write_evaluation(*KEPT)

    report = prepare(few, Inputs(newsbank, evaluation, corpora), tmp_path / "work")

    assert report["refused"]["tatoeba: evaluation"] == 1
    assert report["pairs"]["train tatoeba en-ru"] == len(GOOD)
    assert not {bare(text) for text in KEPT} & {bare(text) for text in texts(tmp_path / "work")}


def test_the_proof_does_not_trust_the_filter(
    few, newsbank, write_corpus, write_evaluation, tmp_path, monkeypatch
):
    monkeypatch.setattr("training.prepare._Sieve.pass_on", lambda _, pairs: iter(pairs))
    corpora = write_corpus("tatoeba.en-ru", [*GOOD, KEPT[:2]])

    with pytest.raises(EvaluationLeak):
        prepare(few, Inputs(newsbank, write_evaluation(*KEPT), corpora), tmp_path / "work")


def test_nothing_of_the_held_out_items_is_learnt_from(work, newsbank):
    learnt = {bare(text) for text in texts(work)}
    kept = [item for item in read_newsbank(newsbank) if held_out(item)]

    for item in kept:
        for column in (*item.body.values(), *item.summary.values()):
            assert not {bare(text) for text in column} & learnt


def test_names_written_later_are_learnt_too(work):
    learnt = {p.first_text for p in read_pairs(work / PAIRS) if p.source == "gazetteer"}

    assert {"Afghanistan", "Marburg virus"} <= learnt


def test_the_words_of_the_dictionary_are_there_in_three_pairs(work, config, newsbank):
    told = [p for p in read_pairs(work / PAIRS) if p.source == "dictionary"]

    english = {p.first_text for p in told if p.first is Language.ENGLISH}
    assert len(english) > config.data.words // 2
    assert english < {entry.texts[Language.ENGLISH] for entry in read_dictionary(newsbank)}
    assert {(p.first, p.second) for p in told} == set(PAIRED)


def test_the_same_english_joins_russian_and_arabic(few, newsbank, write_corpus, tmp_path):
    write_corpus("technical.en-ru", GOOD)
    corpora = write_corpus("technical.en-ar", [("The road is long.", "الطريق طويل.")])

    prepare(few, Inputs(newsbank, corpora=corpora), tmp_path / "work")

    found = [p for p in read_pairs(tmp_path / "work" / PAIRS) if p.source == "technical"]
    assert ("Дорога длинная.", "الطريق طويل.") in [(p.first_text, p.second_text) for p in found]


def test_caps_bound_a_source(few, newsbank, write_corpus, tmp_path):
    words = ["bridge", "road", "town", "river", "house", "field"]
    corpora = write_corpus(
        "tatoeba.en-ru",
        [(f"One {w}.", f"Слово {n}а.") for n, w in zip("бвгджз", words, strict=True)],
    )
    capped = replace(few, data=replace(few.data, caps={"any": 0, "tatoeba": 4}))

    report = prepare(capped, Inputs(newsbank, corpora=corpora), tmp_path / "work")

    assert report["pairs"]["train tatoeba en-ru"] == 4


def test_copies_are_read_and_never_written(work):
    copies = [pair for pair in read_pairs(work / PAIRS) if pair.copy]

    assert copies
    assert {pair.split for pair in copies} == {TRAIN}
    clean = {pair.second_text for pair in copies if pair.second is Language.ARABIC}
    assert not any("ـ" in text for text in clean)


def test_preparing_twice_gives_the_same(few, newsbank, tmp_path):
    for name in ("one", "other"):
        prepare(few, Inputs(newsbank), tmp_path / name)

    assert (tmp_path / "one" / PAIRS).read_bytes() == (tmp_path / "other" / PAIRS).read_bytes()
