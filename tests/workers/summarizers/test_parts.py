import pytest

from tests.workers.summarizers.writers import words_fit
from workers.summarizers.parts import split_evenly, split_parts

SENTENCES = [f"Ward {number} voted for the bridge." for number in range(100)]


def test_what_fits_is_one_part():
    (part,) = split_parts(SENTENCES[:5], words_fit(30), most=9)
    assert part.text == " ".join(SENTENCES[:5])
    assert part.end == 5


@pytest.mark.parametrize("limit", [6, 7, 13, 50, 299, 300, 599])
def test_parts_are_full_fit_and_leave_nothing_out(limit):
    fits = words_fit(limit)
    parts = split_parts(SENTENCES, fits, most=1000)
    assert " ".join(part.text for part in parts) == " ".join(SENTENCES)
    assert all(fits(part.text) for part in parts)
    assert len(parts) == -(-100 // (limit // 6))
    assert parts[-1].end == 100


def test_a_short_last_part_shares_with_the_one_before_it():
    *_, before, last = split_parts(SENTENCES[:21], words_fit(60), most=9)
    assert before.end == 15
    assert last.end == 21
    assert len(last.text) > len(before.text) / 2


def test_no_more_parts_than_may_be_read():
    parts = split_parts(SENTENCES, words_fit(60), most=3)
    assert [part.end for part in parts] == [10, 20, 30]


def test_a_sentence_that_does_not_fit_is_cut_and_counts_when_it_is_read_whole():
    long = " ".join(f"word{number}" for number in range(100))
    fits = words_fit(30)
    parts = split_parts(["Short one.", long, "Another."], fits, most=99)
    assert " ".join(part.text for part in parts) == f"Short one. {long} Another."
    assert all(fits(part.text) for part in parts)
    assert split_parts(["Short one.", long], fits, most=2)[-1].end == 1


def test_a_word_that_does_not_fit_is_left_whole():
    parts = split_parts(["x" * 900, "Short."], lambda text: len(text) <= 100, most=9)
    assert [part.text for part in parts] == ["x" * 900, "Short."]


def test_empty_sentences_are_read_and_add_nothing():
    (part,) = split_parts(["", "Only this.", ""], words_fit(30), most=9)
    assert (part.text.strip(), part.end) == ("Only this.", 3)


def test_the_model_is_asked_rarely_and_about_little():
    asked = []

    def fits(text):
        asked.append(len(text))
        return len(text) <= 4_000

    text = [f"Councillor {n} of ward {n % 97} voted for bridge {n * 7}." for n in range(2_500)]
    parts = split_parts(text, fits, most=1000)
    assert len(parts) < 35
    assert sum(map(len, text)) > 100_000
    assert max(asked) < 9_000
    assert len(asked) < len(text) + 30 * len(parts)


def test_runs_are_of_like_size_and_in_order():
    runs = split_evenly(SENTENCES, 3)
    assert [sentence for run in runs for sentence in run] == SENTENCES
    assert {len(run) for run in runs} <= {33, 34}
    assert split_evenly(["One."], 3) == [["One."]]
