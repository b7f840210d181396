import pytest

from khabar.languages import Language
from training.validation import _as_read
from training.vocabulary import END, TAGS, load_pieces, tag_ids


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["Storm over Moscow"], "Storm over Moscow"),
        (["Storm", TAGS[Language.RUSSIAN], "буря"], "Storm >>rus<< буря"),
        ([], ""),
    ],
)
def test_a_hint_is_shown_behind_its_tag(packed, parts, expected):
    pieces = load_pieces(packed.vocabulary)
    tags = set(tag_ids(pieces).values())
    row = [
        number
        for part in parts
        for number in (
            [int(pieces.piece_to_id(part))] if part.startswith(">>") else pieces.encode([part])[0]
        )
    ]

    assert _as_read(pieces, tags, [*row, END]).strip() == expected
