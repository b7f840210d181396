import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.canonical import canonical_line, canonical_text
from khabar.errors import TextNotUnicode

# Letters, marks, controls, white space and the characters that the rules name, often side by side.
awkward = st.text(
    st.one_of(
        st.sampled_from(
            "aeй \t\r\n\v\f\x00\x1c\x85\xa0\xad\u0301\u0316\u0344\u061c\u200b\u200c\u200d"
            "\u200e\u200f\u2028\u2029\u202e\u2060\u2067\u3000\ufeff\U0001f469"
        ),
        st.characters(exclude_categories=["Cs"]),
    )
)


@given(awkward)
def test_canonical_text_is_a_fixed_point(raw: str) -> None:
    once = canonical_text(raw)

    assert canonical_text(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(awkward)
def test_paragraphs_hold_single_spaces_and_no_control_characters(raw: str) -> None:
    for paragraph in canonical_text(raw).split("\n"):
        assert " ".join(paragraph.split()) == paragraph
        assert not any(unicodedata.category(char) == "Cc" for char in paragraph)


@given(st.text(st.sampled_from("ae\u0301\u0316\u0344\u0334é"), max_size=200))
def test_long_runs_of_marks_are_normalised_as_unicode_says(raw: str) -> None:
    assert canonical_text(raw) == unicodedata.normalize("NFC", raw)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_line_break_is_a_paragraph_border(line_break: str) -> None:
    assert canonical_text(f"one{line_break}{line_break} two ") == "one\ntwo"


@pytest.mark.parametrize(
    "removed",
    [
        "\x00",
        "\x1f",
        "\x7f",
        "\x9f",
        "\ufeff",
        "\u202a",
        "\u202e",
        "\u2066",
        "\u2069",
        "\u00ad",
        "\u200b",
        "\u2060",
    ],
)
def test_invisible_characters_are_removed(removed: str) -> None:
    assert canonical_text(f"inter{removed}national") == "international"


@pytest.mark.parametrize("kept", ["\u200c", "\u200d", "\u200e", "\u200f", "\u061c"])
def test_joiners_and_direction_marks_are_kept(kept: str) -> None:
    assert canonical_text(f"a{kept}b") == f"a{kept}b"


def test_a_removed_character_does_not_keep_a_mark_from_its_letter() -> None:
    assert canonical_text("e\u200b\u0301") == "é"


def test_white_space_of_every_kind_collapses() -> None:
    assert canonical_text("a \t\u00a0\u2003\u202f\u3000b") == "a b"


def test_a_headline_stands_on_one_line() -> None:
    assert canonical_line(" one\r\n two\u2028three ") == "one two three"


def test_a_lone_surrogate_is_refused_with_its_field() -> None:
    with pytest.raises(TextNotUnicode) as caught:
        canonical_text("ab\ud800c", field="html")

    assert caught.value.field == "html"
    assert caught.value.given == "U+D800"


@pytest.mark.parametrize(
    "raw",
    [
        "x" * 10_000_000,
        " " * 5_000_000,
        "a" + "\u0301\u0316" * 500_000,
        "a" + "\u0301" * 500_000 + "\u0316" * 500_000,
        "\r\n\u2028" * 500_000,
    ],
    ids=["one word", "spaces", "alternating marks", "unordered marks", "line breaks"],
)
def test_hostile_text_takes_linear_time(raw: str) -> None:
    began = time.process_time()
    canonical_text(raw)

    assert time.process_time() - began < 5
