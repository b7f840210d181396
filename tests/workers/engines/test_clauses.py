import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.engines.clauses import split_clauses


def pieces(text: str, limit: int) -> list[str]:
    return [clause.text for clause in split_clauses(text, lambda part: len(part) <= limit)]


def test_what_fits_stays_whole():
    assert pieces("One, two.", 20) == ["One, two."]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("He came; she left, at last.", 20, ["He came;", "she left, at last."]),
        ("She came early, he came late.", 20, ["She came early,", "he came late."]),
        ("It grew by 1,250 people then.", 20, ["It grew by 1,250", "people then."]),
        ("قال الوزير أمس؛ ثم سافر اليوم.", 20, ["قال الوزير أمس؛", "ثم سافر اليوم."]),
        ("aaaaaaaaaa", 5, ["aaaaa", "aaaaa"]),
    ],
)
def test_cuts_come_at_the_best_border(text, limit, expected):
    assert pieces(text, limit) == expected


@given(st.text(alphabet="ab ,;.،؛— \n", max_size=80), st.integers(1, 20))
def test_the_pieces_fit_and_make_up_the_whole(text, limit):
    sentence = text.strip()
    clauses = split_clauses(sentence, lambda part: len(part) <= limit)
    assert "".join(clause.joiner + clause.text for clause in clauses) == sentence
    assert all(len(clause.text) <= limit for clause in clauses)
