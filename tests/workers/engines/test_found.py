import pytest

from khabar.errors import EngineFailed
from workers.engines.found import Found, engine_failures


class Words:
    def encode(self, text):
        return text.split()

    def decode(self, tokens):
        return " ".join(tokens)


def test_the_end_token_counts_in_the_mean_and_not_in_the_tokens():
    hypothesis = Found(["a", "b"], finished=True, log_probability=-3.0).hypothesis(Words())
    assert (hypothesis.text, hypothesis.tokens, hypothesis.score) == ("a b", 2, -1.0)
    cut = Found(["a", "b"], finished=False, log_probability=-3.0).hypothesis(Words())
    assert cut.score == -1.5


def test_the_other_outputs_stand_behind_the_best():
    cut, whole = Found(["b"], False, -2.0), Found(["c", "d"], True, -3.0)
    found = Found.best_of([Found(["a"], True, -1.0), cut, whole]).hypothesis(Words())
    assert (found.text, found.score) == ("a", -0.5)
    told = [(other.text, other.finished, other.score) for other in found.others]
    assert told == [("b", False, -2.0), ("c d", True, -1.0)]


def test_an_output_of_nothing_has_a_score():
    assert Found([], finished=False, log_probability=0.0).hypothesis(Words()).score == 0.0


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), ValueError("beam")])
def test_what_a_library_raises_becomes_an_engine_failure(error):
    with pytest.raises(EngineFailed, match=str(error)), engine_failures():
        raise error
