import pytest

from khabar.summary import Length
from workers.summarizers.lengths import COUNTS


@pytest.mark.parametrize(
    ("available", "headline", "short", "long"),
    [
        (0, 0, 0, 0),
        (1, 1, 1, 1),
        (2, 1, 1, 1),
        (3, 1, 2, 2),
        (6, 1, 2, 4),
        (9, 1, 3, 6),
        (500, 1, 3, 6),
    ],
)
def test_how_many_sentences(available, headline, short, long):
    assert COUNTS[Length.HEADLINE](available) == headline
    assert COUNTS[Length.SHORT](available) == short
    assert COUNTS[Length.LONG](available) == long
