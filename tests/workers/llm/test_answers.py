import json

import pytest

from khabar.languages import Language
from workers.llm.answers import BadAnswer, read_summary, read_translations
from workers.llm.chat import Completion

ENGLISH = "The ministers of both countries met in Cairo on Tuesday."
OTHER = "They agreed to open the border again in March."
RUSSIAN = "Министры обеих стран встретились во вторник в Каире."
UKRAINIAN = "Міністри обох країн зустрілися у вівторок у Каїрі й домовилися про кордон."


def summary(*sentences, headline="Ministers meet in Cairo", **fields):
    parts = [
        sentence if isinstance(sentence, dict) else {"text": sentence, "sources": [1]}
        for sentence in sentences
    ]
    return Completion(json.dumps({"headline": headline, "sentences": parts, **fields}), whole=True)


def translations(*texts, numbers=None):
    items = [
        {"number": number, "text": text}
        for number, text in zip(numbers or range(1, len(texts) + 1), texts, strict=True)
    ]
    return Completion(json.dumps({"translations": items}), whole=True)


def reason(completion, count=2, language=Language.ENGLISH):
    with pytest.raises(BadAnswer) as caught:
        read_summary(completion, 4, language, count)
    assert "Cairo" not in caught.value.reason
    return caught.value.reason


def test_a_good_answer_is_read():
    answer = read_summary(summary(ENGLISH, OTHER), 4, Language.ENGLISH, 3)
    assert answer.headline == "Ministers meet in Cairo"
    assert [sentence.text for sentence in answer.sentences] == [ENGLISH, OTHER]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [([2, 1, 2], (1, 2)), ([0, 5, -1, 3], (3,)), (["1", None, 1.5, True], ()), ([], ())],
)
def test_only_sources_that_exist_count(sources, expected):
    completion = summary({"text": ENGLISH, "sources": sources})
    (sentence,) = read_summary(completion, 4, Language.ENGLISH, 2).sentences
    assert sentence.sources == expected


def test_sources_may_be_left_out():
    (sentence,) = read_summary(summary({"text": ENGLISH}), 4, Language.ENGLISH, 2).sentences
    assert sentence.sources == ()


def test_texts_come_in_canonical_form():
    completion = summary("\u202eCafe\u0301s  reopen\nin the old\u0000 town today.")
    (sentence,) = read_summary(completion, 4, Language.ENGLISH, 2).sentences
    assert sentence.text == "Cafés reopen in the old town today."


@pytest.mark.parametrize("headline", ["", " ", "word " * 60])
def test_a_headline_that_is_none_is_made_of_the_first_sentence(headline):
    answer = read_summary(summary(ENGLISH, headline=headline), 4, Language.ENGLISH, 2)
    assert answer.headline == ENGLISH.removesuffix(".")


@pytest.mark.parametrize(
    ("completion", "part"),
    [
        (Completion('{"headline": "a", "sent', whole=False), "cut"),
        (Completion("I cannot help with that.", whole=True), "no JSON"),
        (Completion('{"summary": "text"}', whole=True), "fields"),
        (Completion('{"sentences": "text"}', whole=True), "fields"),
        (summary(), "0 sentences"),
        (summary(ENGLISH, OTHER, ENGLISH + " So."), "3 sentences"),
        (summary(ENGLISH, ENGLISH), "twice"),
        (summary(" \n"), "empty"),
        (summary("\ud800 and so on."), "surrogate"),
        (summary(ENGLISH * 20), "characters"),
        (summary("HACKED"), "none"),
        (summary(RUSSIAN, headline=RUSSIAN), "English"),
        (summary(ENGLISH, RUSSIAN), "English"),
        (summary("Die Minister beider Länder haben sich am Dienstag getroffen."), "English"),
    ],
)
def test_what_cannot_be_used_is_said(completion, part):
    assert part in reason(completion)


def test_another_language_of_the_same_script_is_noticed():
    completion = summary(UKRAINIAN, headline=UKRAINIAN)
    assert "Russian" in reason(completion, language=Language.RUSSIAN)


def test_translations_come_in_the_order_of_their_numbers():
    found = read_translations(
        translations("Вторая строка.", RUSSIAN, numbers=[2, 1]),
        [ENGLISH, "Two."],
        Language.RUSSIAN,
    )
    assert found == [RUSSIAN, "Вторая строка."]


@pytest.mark.parametrize(
    ("completion", "part"),
    [
        (translations(RUSSIAN), "numbers 1 to 2"),
        (translations(RUSSIAN, "Две.", "Три."), "numbers 1 to 2"),
        (translations(RUSSIAN, "Две.", numbers=[1, 1]), "numbers 1 to 2"),
        (translations(RUSSIAN, "Две.", numbers=[0, 1]), "numbers 1 to 2"),
        (translations(RUSSIAN, ""), "empty"),
        (translations(RUSSIAN, "Две. " * 30), "characters"),
        (translations(ENGLISH, "Two."), "Russian"),
        (translations(RUSSIAN, "Two."), "Russian"),
        (Completion("{}", whole=True), "fields"),
    ],
)
def test_translations_that_cannot_be_used(completion, part):
    with pytest.raises(BadAnswer) as caught:
        read_translations(completion, [ENGLISH, "Two."], Language.RUSSIAN)
    assert part in caught.value.reason
