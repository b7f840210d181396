import numpy as np
import pytest

from workers.summarizers.centrality import SentenceVectors

SENTENCES = [["port", "strike", "end"], ["port", "strike", "talk"], ["rain"], []]


def test_cosines_are_those_of_the_dense_vectors():
    vectors = SentenceVectors(SENTENCES)
    idf = {"port": np.log1p(2), "strike": np.log1p(2)} | dict.fromkeys(
        ("end", "talk", "rain"), np.log1p(4)
    )
    length = np.sqrt(2 * idf["port"] ** 2 + idf["end"] ** 2)

    cosines = vectors.cosines([0, 1, 2])

    assert np.diag(cosines) == pytest.approx([1, 1, 1])
    assert cosines[0, 1] == cosines[1, 0] == pytest.approx(2 * idf["port"] ** 2 / length**2)
    assert cosines[0, 2] == 0


def test_centrality_is_shared_by_those_that_share_words():
    assert SentenceVectors(SENTENCES).centrality() == pytest.approx([1, 1, 0, 0])


def test_likeness_to_another_text():
    likeness = SentenceVectors(SENTENCES).likeness(["rain", "unknown"])

    assert likeness == pytest.approx([0, 0, 1, 0])


@pytest.mark.parametrize("sentences", [[], [[]], [["one"]]])
def test_too_little_to_compare_is_no_error(sentences):
    vectors = SentenceVectors(sentences)

    assert list(vectors.centrality()) == [0] * len(sentences)
    assert list(vectors.likeness([])) == [0] * len(sentences)
