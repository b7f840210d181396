from workers.summarizers.repetition import repeated


def test_a_copy_further_down_is_repeated():
    assert repeated([("a", "b"), ("c", "d"), ("a", "b")]) == {2}


def test_a_standfirst_is_repeated_by_the_longer_lead():
    assert repeated([("port", "open"), ("port", "open", "monday"), ("rain",)]) == {0}


def test_sentences_of_different_words_are_not():
    assert repeated([("port", "open"), ("ship", "sail", "monday")]) == frozenset()
