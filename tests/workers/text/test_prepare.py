import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.canonical import canonical_text
from khabar.languages import Language
from workers.text.apostrophes import mend_apostrophes
from workers.text.document import Document
from workers.text.prepare import prepare

bodies = st.lists(
    st.one_of(
        st.sampled_from(".!?؟…۔ \n\n\"'«»()—-:©/ aAsяЯмمو1"),
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(["By Amy Todd\n", "Read more: x\n", "AMMAN — ", "(Reporting by A)", "د. "]),
    ),
    max_size=200,
).map(lambda pieces: canonical_text("".join(pieces)))

ARTICLE = canonical_text("""
Envoy praises ferry's role in island trade
Last updated on: 20 March,2019 07:57 am
By Amy Todd
The island's envoy met Norland's trade minister Tuesday.
SAMSUN (AFP) - The island's envoy met Norland s trade minister Tuesday, stressing the
importance of the ferry, state media said.
The meeting came a day after the captain resigned. It doesn t change the plan, she said.
Read more: Ferry captain resigns
"We are ready. Nothing will stop us," the minister said. (Reporting by Amy Todd; Editing by Li Wei)
© 2026 Norland News. All rights reserved.
""")


def texts(document: Document) -> list[str]:
    return [sentence.text for sentence in document.sentences]


def test_a_story_is_freed_of_everything_around_it() -> None:
    document = prepare(ARTICLE, None, Language.ENGLISH)

    assert document.headline == "Envoy praises ferry's role in island trade"
    assert document.characters == len(ARTICLE)
    assert texts(document) == [
        (
            "The island's envoy met Norland's trade minister Tuesday, stressing the importance of "
            "the ferry, state media said."
        ),
        "The meeting came a day after the captain resigned.",
        "It doesn't change the plan, she said.",
        '"We are ready. Nothing will stop us," the minister said.',
    ]
    assert [sentence.paragraph for sentence in document.sentences] == [0, 1, 1, 2]


def test_the_given_headline_wins() -> None:
    document = prepare(ARTICLE, "Ferry talks", Language.ENGLISH)

    assert document.headline == "Ferry talks"
    assert texts(document) == texts(prepare(ARTICLE, None, Language.ENGLISH))


def test_russian() -> None:
    body = (
        "Паром вернулся на линию\nОбновлено в 12:40\n"
        "МОСКВА, 12 мар — РИА Новости. Паром в г. Туапсе возобновил рейсы. "
        "Билет стоит 1,2 тыс. руб.\n"
        "Читайте также: Мост закрыли"
    )
    document = prepare(body, None, Language.RUSSIAN)

    assert document.headline == "Паром вернулся на линию"
    assert texts(document) == [
        "Паром в г. Туапсе возобновил рейсы.",
        "Билет стоит 1,2 тыс. руб.",
    ]


def test_arabic() -> None:
    body = (
        "العبارة تستأنف رحلاتها\nآخر تحديث: 20 مارس 2019\n"
        "باريس 3 مارس (شينخوا) -- استأنفت العبارة رحلاتها. هل تكفي السفن؟ قال د. أحمد إنها تكفي.\n"
        "اقرأ أيضا: إغلاق الجسر"
    )
    document = prepare(body, None, Language.ARABIC)

    assert document.headline == "العبارة تستأنف رحلاتها"
    assert texts(document) == [
        "استأنفت العبارة رحلاتها.",
        "هل تكفي السفن؟",
        "قال د. أحمد إنها تكفي.",
    ]


@pytest.mark.parametrize("body", ["By Amy Todd", "Read more: x", "© 2026"])
def test_a_story_of_nothing_but_notices_is_taken_as_it_is(body: str) -> None:
    assert texts(prepare(body, None, Language.ENGLISH)) == [body]


def test_a_body_without_letters_has_no_sentence() -> None:
    assert prepare("...\n— —", None, Language.ENGLISH).sentences == ()


@given(bodies, st.sampled_from(Language))
def test_offsets_hold(body: str, language: Language) -> None:
    document = prepare(body, None, language)
    position = 0
    paragraph = 0
    for sentence in document.sentences:
        assert position <= sentence.start < sentence.end <= len(body)
        assert paragraph <= sentence.paragraph <= paragraph + 1
        collapsed = " ".join(body[sentence.start : sentence.end].split())
        expected = mend_apostrophes(collapsed) if language is Language.ENGLISH else collapsed
        assert sentence.text == expected
        position, paragraph = sentence.end, sentence.paragraph
    assert document.characters == len(body)


@given(bodies, st.sampled_from(Language))
def test_a_body_with_words_has_sentences(body: str, language: Language) -> None:
    assert bool(prepare(body, None, language).sentences) == any(map(str.isalnum, body))


@pytest.mark.parametrize(
    "body",
    ["." * 1_000_000, "x" * 10_000_000, "a\n" * 100_000, "Слово. " * 80_000, "(ends) " * 80_000],
    ids=["dots", "one word", "lines", "sentences", "sign-offs"],
)
@pytest.mark.parametrize("language", Language)
def test_hostile_bodies_take_linear_time(body: str, language: Language) -> None:
    began = time.process_time()
    prepare(body.strip(), None, language)

    assert time.process_time() - began < 8
