import random

import pytest
from rouge_score.rouge_scorer import RougeScorer

from benchmarks.scores import chrf, paired_bootstrap, rouge_l, rouge_n, words


class PlainWords:
    def tokenize(self, text):
        return words(text)


def sentences(seed):
    generator = random.Random(seed)
    vocabulary = ["the", "a", "port", "ship", "dock", "strike", "ended", "on", "Monday", "talks"]
    return " ".join(generator.choices(vocabulary, k=generator.randint(1, 40)))


@pytest.mark.parametrize("seed", range(40))
def test_rouge_agrees_with_the_reference_package(seed):
    candidate, reference = sentences(seed), sentences(1000 + seed)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=PlainWords())

    expected = scorer.score(reference, candidate)

    assert rouge_n(candidate, reference, 1) == pytest.approx(100 * expected["rouge1"].fmeasure)
    assert rouge_n(candidate, reference, 2) == pytest.approx(100 * expected["rouge2"].fmeasure)
    assert rouge_l(candidate, reference) == pytest.approx(100 * expected["rougeL"].fmeasure)


@pytest.mark.parametrize("text", ["Порт открылся снова.", "فُتح الميناء مجددا.", "Port reopens"])
def test_a_text_agrees_wholly_with_itself_in_every_script(text):
    assert rouge_n(text, text, 1) == rouge_l(text, text) == 100
    assert chrf(text, text) == pytest.approx(100)


def test_arabic_vowel_signs_part_no_words():
    assert words("فُتِحَ المينـــاء") == ["فتح", "الميناء"]


def test_nothing_shared_scores_nothing():
    assert rouge_n("one two", "three four", 1) == 0
    assert rouge_l("", "three four") == 0


def test_a_steady_difference_has_a_narrow_interval_away_from_nothing():
    theirs = [float(score) for score in range(50)]

    interval = paired_bootstrap([score + 1 for score in theirs], theirs)

    assert (interval.mean, interval.low, interval.high) == pytest.approx((1, 1, 1))


def test_a_difference_of_chance_has_an_interval_about_nothing():
    generator = random.Random(7)
    ours = [generator.gauss(0, 1) for _ in range(200)]
    theirs = [generator.gauss(0, 1) for _ in range(200)]

    interval = paired_bootstrap(ours, theirs)

    assert interval.low < 0 < interval.high
    assert interval.low < interval.mean < interval.high
