import pytest

from khabar.languages import Language
from training.guard import (
    EvaluationGuard,
    EvaluationLeak,
    kept_texts,
    prove_nothing_leaked,
    read_evaluation,
)
from training.items import held_out, read_items
from training.pairs import TextPair, write_pairs

KEPT = "The council of the old town voted on Tuesday to close two of its five bridges to lorries."
GUARD = EvaluationGuard.of([KEPT, "Короткая фраза.", "أُغلق الجسر"], run_words=10)


@pytest.mark.parametrize(
    "text",
    [
        KEPT,
        KEPT.upper(),
        KEPT.lower().rstrip("."),
        "In other news, the council of the old town voted on Tuesday to close a road.",
        "короткая фраза",
        "اغلق الجسر",
    ],
)
def test_what_is_kept_is_refused_in_every_guise(text):
    assert GUARD.refuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "The council of the old town voted on Monday to close two of its bridges.",
        "Совсем другая короткая фраза.",
        "",
    ],
)
def test_other_texts_pass(text):
    assert not GUARD.refuses(text)


def test_sets_and_held_out_items_are_kept(write_evaluation, newsbank):
    folder = write_evaluation("A bridge.", "Мост.", "جسر.")
    item = next(item for item in read_items(newsbank) if held_out(item) and item.headlines)

    found = set(kept_texts(folder, [item]))

    assert read_evaluation(folder)["set"][0][Language.RUSSIAN] == "Мост."
    assert {"A bridge.", "Мост.", "جسر."} < found
    assert item.headlines[Language.ARABIC] in found
    assert item.body[Language.RUSSIAN][-1] in found
    assert item.summary[Language.ENGLISH][0] in found


def test_a_planted_sentence_in_the_written_file_is_found(tmp_path):
    def line(text):
        return TextPair("x", Language.ENGLISH, Language.RUSSIAN, text, "Мост закрыли.")

    write_pairs(tmp_path / "clean.tsv", [line("A bridge was closed.")])
    write_pairs(tmp_path / "planted.tsv", [line("A bridge was closed."), line(KEPT.upper())])

    assert prove_nothing_leaked(tmp_path / "clean.tsv", GUARD) == 2
    with pytest.raises(EvaluationLeak, match="line 2"):
        prove_nothing_leaked(tmp_path / "planted.tsv", GUARD)
