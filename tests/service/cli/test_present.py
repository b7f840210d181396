from khabar.job import State
from khabar.languages import Language
from khabar.summary import Check
from service.cli.present import job_lines, summary_lines
from tests.service.cli.answers import ARTICLE_HASH, done, failed, job, summary


def test_a_summary_is_printed_as_it_is():
    assert list(summary_lines(summary())) == [
        "  A headline",
        "  A [b]sentence[/b] :smile:.",
        "  خبر واحد.",
    ]


def test_a_failed_check_is_not_hidden():
    checks = (
        Check(name="numbers", passed=False, message="17 is missing."),
        Check(name="script", passed=True),
    )
    assert list(summary_lines(summary(Language.ENGLISH, *checks)))[-1] == (
        "    needs review: numbers: 17 is missing."
    )


def test_a_failed_check_stands_under_the_line_it_is_about():
    unsure = Check(name="certain", passed=False, message="Not sure.")
    checked = summary(Language.ENGLISH, Check(name="numbers", passed=False, message="17?"))
    lines = summary_lines(checked.model_copy(update={"headline_checks": (unsure,)}))
    assert list(lines) == [
        "  A headline",
        "    needs review: certain: Not sure.",
        "  A [b]sentence[/b] :smile:.",
        "  خبر واحد.",
        "    needs review: numbers: 17?",
    ]


def test_the_only_sentence_of_a_headline_is_told_once():
    unsure = (Check(name="certain", passed=False, message="Not sure."),)
    long = summary()
    only = long.sentences[0].model_copy(update={"text": long.headline, "checks": unsure})
    short = long.model_copy(update={"sentences": (only,), "headline_checks": unsure})
    assert list(summary_lines(short)) == ["  A headline", "    needs review: certain: Not sure."]


def test_the_own_language_comes_first_and_each_says_how_it_went():
    ended = job(State.DONE, ar=failed(), en=done(cached=True), ru=done())
    lines = list(job_lines(ended, {Language.ENGLISH: 0.0031, Language.RUSSIAN: 1.25}))
    assert lines[0] == f"article {ARTICLE_HASH}"
    heads = [line for line in lines[1:] if line and not line.startswith(" ")]
    assert heads == [
        "English (en): from the cache, 3 ms",
        "Arabic (ar): failed, 0 ms",
        "Russian (ru): made now, 1.2 s",
    ]
    assert "  Error (model_missing): No model." in lines
    assert "    hint: Install one." in lines
