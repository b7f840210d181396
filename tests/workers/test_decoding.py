from workers.decoding import firmer
from workers.protocols import Decoding


def test_firmer_forbids_loops_and_keeps_the_bounds():
    again = firmer(Decoding(beam_size=1, max_length=99, repetition_penalty=1.0))
    assert (again.beam_size, again.no_repeat_ngram) == (2, 3)
    assert again.repetition_penalty > 1
    assert again.max_length == 99


def test_firmer_never_loosens():
    decoding = Decoding(beam_size=6, repetition_penalty=1.8, no_repeat_ngram=3)
    assert firmer(decoding) == decoding
