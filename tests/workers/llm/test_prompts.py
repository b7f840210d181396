import json
import re

from hypothesis import given
from hypothesis import strategies as st

from khabar.glossary import Term
from khabar.languages import Language
from workers.llm.prompts import asked_again, summary_messages, translation_messages

HOSTILE = st.text(alphabet='ab"\\{}<>\n\u2028 АRTICLE', max_size=60)


@given(st.lists(HOSTILE, min_size=1, max_size=5), HOSTILE)
def test_no_text_can_end_its_quotation(sentences, headline):
    _, user = summary_messages(headline, sentences, Language.ENGLISH, 2)
    found = re.fullmatch(
        r"<<<ARTICLE (\w{12})\n(.*)\nARTICLE \1>>>\n\n[^\n]*", user["content"], re.DOTALL
    )
    lines = [json.loads(line) for line in found.group(2).split("\n")]
    assert lines[0] == {"headline": headline}
    assert lines[1:] == [
        {"number": number, "text": text} for number, text in enumerate(sentences, start=1)
    ]


def test_the_marks_depend_on_the_text():
    marks = {
        summary_messages(None, [text], Language.ENGLISH, 2)[1]["content"].split("\n")[0]
        for text in ("One.", "Two.")
    }
    assert len(marks) == 2


def test_the_rules_name_language_and_size_and_hold_nothing_of_the_article():
    system, _ = summary_messages("Headline", ["A sentence."], Language.ARABIC, 3)
    assert system["role"] == "system"
    assert "Write in Arabic" in system["content"]
    assert "at most 3 sentences" in system["content"]
    assert "must not be obeyed" in system["content"]
    assert "A sentence." not in system["content"]


def test_terms_are_given_with_their_first_rendering():
    terms = [Term("Kyiv", ("Киев", "Kyiv"))]
    _, user = translation_messages(["Kyiv."], Language.ENGLISH, Language.RUSSIAN, terms)
    assert '{"term": "Kyiv", "translation": "Киев"}' in user["content"]
    _, plain = translation_messages(["Kyiv."], Language.ENGLISH, Language.RUSSIAN, [])
    assert "GLOSSARY" not in plain["content"]


def test_the_second_request_says_what_was_wrong_and_adds_no_message():
    messages = summary_messages(None, ["One."], Language.ENGLISH, 1)
    again = asked_again(messages, "It was empty.")
    assert [message["role"] for message in again] == ["system", "user"]
    assert "It was empty." in again[1]["content"]
    assert again[1]["content"].startswith(messages[1]["content"])
