import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.languages import Language
from workers.text.sentences import split_sentences

HARD = [
    line.split("\t")
    for line in (Path(__file__).parent / "hard_boundaries.tsv").read_text("utf-8").splitlines()
]
one_line = st.text(
    st.one_of(
        st.sampled_from(".!?؟…۔ \"'«»“”()[]—- aAяЯمd1😀"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    max_size=400,
)


@pytest.mark.parametrize(("language", "text"), HARD, ids=[text[:30] for _, text in HARD])
def test_hard_borders(language: str, text: str) -> None:
    sentences = text.split("|")
    line = " ".join(sentences)

    assert [span.of(line) for span in split_sentences(line, Language(language))] == sentences


@given(one_line, st.sampled_from(Language))
def test_spans_are_in_order_and_leave_out_only_white_space(text: str, language: Language) -> None:
    position = 0
    for span in split_sentences(text, language):
        assert span.start < span.end
        assert span.trimmed(text) == span
        assert not text[position : span.start].strip()
        position = span.end
    assert not text[position:].strip()


@given(one_line, st.sampled_from(Language))
def test_no_sentence_begins_with_a_closing_mark(text: str, language: Language) -> None:
    for span in split_sentences(text, language)[1:]:
        assert text[span.start] not in "»”’)]}"


def test_a_closing_straight_quotation_mark_stays_with_its_sentence() -> None:
    text = 'He said "It is over. Go home. " Then he left.'

    assert [span.of(text) for span in split_sentences(text, Language.ENGLISH)][
        -1
    ] == "Then he left."


def test_offsets_count_code_points() -> None:
    text = "😀 Hi. 😀 You there?"

    assert [span.of(text) for span in split_sentences(text, Language.ENGLISH)] == [
        "😀 Hi.",
        "😀 You there?",
    ]


def test_a_long_paragraph_is_cut_where_sentences_end() -> None:
    sentence = "The council closed the old bridge on Monday."
    text = " ".join([sentence] * 500)

    spans = split_sentences(text, Language.ENGLISH)

    assert [span.of(text) for span in spans] == [sentence] * 500


@pytest.mark.parametrize(
    "text",
    [
        "." * 1_000_000,
        "x" * 10_000_000,
        "«" * 500_000,
        "“a. " * 125_000,
        '"a. ' * 125_000,
        "Mr. " * 125_000,
        "слово " * 200_000,
        "\u0301" * 500_000,
    ],
    ids=["dots", "one word", "guillemets", "curly", "straight", "titles", "words", "marks"],
)
@pytest.mark.parametrize("language", Language)
def test_hostile_text_takes_linear_time(language: Language, text: str) -> None:
    began = time.process_time()
    split_sentences(text, language)

    assert time.process_time() - began < 5
