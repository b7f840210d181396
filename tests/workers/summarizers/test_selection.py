import numpy as np

from workers.summarizers.centrality import SentenceVectors
from workers.summarizers.selection import choose
from workers.summarizers.standalone import Standing

FREE, LATER, FOLLOWING, UNFIT = (
    Standing.FREE,
    Standing.LATER,
    Standing.FOLLOWING,
    Standing.UNFIT,
)


def chosen(scores, standings, count, sentences=None, redundancy=1.0):
    words = sentences or [[str(place)] for place in range(len(scores))]
    return choose(
        np.array(scores, dtype=float), SentenceVectors(words), standings, count, redundancy
    )


def test_the_best_in_the_order_of_the_article():
    assert chosen([1, 5, 2, 4], [FREE] * 4, 2) == (1, 3)


def test_what_says_the_same_gives_way():
    words = [["a", "b"], ["a", "b"], ["c"]]

    assert chosen([3, 3, 2.5], [FREE] * 3, 2, words, redundancy=2.0) == (0, 2)


def test_a_sentence_that_follows_brings_the_one_before():
    assert chosen([1, 9, 3], [FREE, FOLLOWING, FREE], 2) == (0, 1)


def test_a_sentence_that_follows_is_left_where_there_is_no_room():
    assert chosen([1, 9, 3], [FREE, FOLLOWING, FREE], 1) == (2,)


def test_a_sentence_that_cannot_come_first_does_not():
    assert chosen([1, 9, 3], [FREE, LATER, FREE], 1) == (2,)
    assert chosen([1, 9, 3], [FREE, LATER, FREE], 2) == (0, 1)


def test_nothing_fit_gives_nothing():
    assert chosen([1, 2], [UNFIT, FOLLOWING], 2) == ()


def test_a_long_chain_ends():
    standings = [UNFIT] + [FOLLOWING] * 3000

    assert chosen([1.0] * 3001, standings, 6) == ()
