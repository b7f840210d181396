import pytest

from khabar.languages import Language
from workers.summarizers.headline import LONGEST, headline_from


def test_a_short_sentence_loses_only_its_full_stop():
    assert headline_from("The port reopened.", Language.ENGLISH) == "The port reopened"


ENGLISH = (
    "President Amal Haddad met the defence minister of Chad on Tuesday, stressing that they "
    "would go on working together against smugglers, state media said."
)
RUSSIAN = (
    "Президент встретился во вторник с министром обороны соседней страны, подчеркнув, что "
    "обе стороны продолжат совместную борьбу с контрабандистами на границе."
)
ARABIC = (
    "التقى الرئيس يوم الثلاثاء وزير الدفاع في الدولة المجاورة، مؤكدا أن البلدين سيواصلان "
    "العمل معا لمواجهة المهربين على الحدود المشتركة بين البلدين طوال العام."
)


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        (
            Language.ENGLISH,
            ENGLISH,
            "President Amal Haddad met the defence minister of Chad on Tuesday",
        ),
        (
            Language.RUSSIAN,
            RUSSIAN,
            "Президент встретился во вторник с министром обороны соседней страны",
        ),
        (Language.ARABIC, ARABIC, "التقى الرئيس يوم الثلاثاء وزير الدفاع في الدولة المجاورة"),
    ],
)
def test_a_long_sentence_is_cut_at_a_clause(language, sentence, expected):
    assert headline_from(sentence, language) == expected


def test_numbers_and_quotations_stay_whole():
    sentence = (
        'The council of Aarhus will spend 1,250,000 crowns on what its mayor calls "a bridge, a '
        'promise, a beginning" for the people who live beside the river and its old mills.'
    )

    headline = headline_from(sentence, Language.ENGLISH)

    assert len(headline) <= LONGEST
    assert headline.startswith("The council of Aarhus will spend 1,250,000 crowns on what")
    assert headline.removesuffix("…") in sentence
    assert headline.endswith("…")


def test_the_comma_after_an_opening_adverbial_is_no_place_to_cut():
    sentence = (
        "After eleven hours of talks in a hotel beside the frozen lake, the two companies signed a "
        "contract for forty trains, which will be built in Łódź."
    )

    assert headline_from(sentence, Language.ENGLISH) != (
        "After eleven hours of talks in a hotel beside the frozen lake"
    )


def test_a_relative_clause_is_not_the_end():
    sentence = (
        "Captain Bruno Castellanos of Al-Nassr, who had slept through his alarm and the charter "
        "flight to Abha, headed the winner on Thursday after coming on late."
    )

    assert headline_from(sentence, Language.ENGLISH) == "Captain Bruno Castellanos of Al-Nassr"
