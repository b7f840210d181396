import pytest

from training.evaluate import (
    CardMalformed,
    Evaluation,
    Score,
    table,
    weak_directions,
    write_table,
)
from training.pairs import DIRECTIONS, direction_name
from workers.protocols import Decoding

SCORES = tuple(
    Score("ntrex dev", direction_name(*direction), 100, 20.0 + n, 38.0 + n)
    for n, direction in enumerate(DIRECTIONS)
)
FOUND = Evaluation(
    "khabar/x, revision 1, int8",
    Decoding(beam_size=4),
    {DIRECTIONS[0]: 0.3},
    SCORES,
    ("BLEU a", "chrF b"),
)


def test_a_line_a_direction_with_published_figures_beside_it():
    lines = table(FOUND).splitlines()

    assert "| en-ru | 20.0 | 38.0 | 25.5 | 27.6 |" in lines
    assert "| ru-ar | 23.0 | 41.0 | – | – |" in lines
    assert "- `chrF b`" in lines
    assert "Beam 4, length penalty 1, channel weight 0.3 in en-ru." in lines
    assert "Sentences: ntrex dev: 100. Signatures:" in lines


def test_the_table_takes_the_place_of_the_last_one(tmp_path):
    card = tmp_path / "CARD.md"
    card.write_text(
        "# Card\n<!-- scores: begin -->\nold\n<!-- scores: end -->\nrest\n", encoding="utf-8"
    )

    write_table(card, "new \\1\n")
    write_table(card, "newer \\1\n")

    text = card.read_text(encoding="utf-8")
    assert "old" not in text
    assert text.count("newer \\1") == 1
    assert text.endswith("<!-- scores: end -->\nrest\n")


def test_a_card_without_a_place(tmp_path):
    card = tmp_path / "CARD.md"
    card.write_text("# Card\n", encoding="utf-8")

    with pytest.raises(CardMalformed, match=r"CARD\.md"):
        write_table(card, "new")


def test_what_is_too_weak_to_ship():
    weak = list(weak_directions(FOUND, "ntrex dev", least_chrf=40))

    assert weak == [("en-ru", 38.0), ("en-ar", 39.0)]


def test_what_nothing_translates_is_too_weak_to_ship():
    weak = list(weak_directions(FOUND, "another set", least_chrf=40))

    assert weak == [("en-ru", 0.0), ("en-ar", 0.0), ("ru-en", 0.0), ("ar-en", 0.0)]


def test_the_published_card_has_its_place():
    from pathlib import Path

    import training

    card = (Path(training.__file__).parent / "MODEL_CARD.md").read_text(encoding="utf-8")

    assert card.index("<!-- scores: begin -->") < card.index("<!-- scores: end -->")
