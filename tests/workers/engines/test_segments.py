import pytest

from workers.engines.segments import Segment, join_hypotheses
from workers.protocols import Hypothesis


def test_segments_of_one_sentence_become_one_hypothesis():
    segments = [Segment(1, "", ["a"]), Segment(1, " ", ["b"]), Segment(2, "", ["c"])]
    hypotheses = [
        Hypothesis("A,", 3, True, -0.1, others=(Hypothesis("A!", 3, True, -0.4),)),
        Hypothesis("B.", 1, False, -0.5),
        Hypothesis("C.", 2, True, -0.3, others=(Hypothesis("C!", 2, True, -0.4),)),
    ]
    empty, joined, last = join_hypotheses(segments, hypotheses, 3)
    assert (empty.text, empty.tokens, empty.finished) == ("", 0, True)
    assert (joined.text, joined.tokens, joined.finished) == ("A, B.", 4, False)
    assert joined.score == pytest.approx(-0.2)
    assert joined.others == ()
    assert last == hypotheses[2]
