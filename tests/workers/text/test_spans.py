from workers.text.spans import Span


def test_a_span_is_a_slice() -> None:
    assert Span(2, 5).of("abcdefg") == "cde"
    assert Span(2, 5).moved(1).of("abcdefg") == "def"


def test_white_space_at_the_ends_is_trimmed() -> None:
    assert Span(1, 6).trimmed("x  a  y") == Span(3, 4)
    assert Span(1, 3).trimmed("x  y") == Span(3, 3)
