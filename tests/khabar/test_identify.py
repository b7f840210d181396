import random
import threading
import time
from pathlib import Path

import pytest

from khabar.errors import FieldInvalid, LanguageUnsupported
from khabar.identify import MIN_LETTERS, check_declared, identify, plainly_other
from khabar.language_names import LANGUAGE_NAMES
from khabar.languages import Language

OTHERS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "other_languages.tsv").read_text("utf-8").splitlines()
]
OURS = {
    Language.ENGLISH: "The council decided on Monday to repair the old bridge over the river.",
    Language.RUSSIAN: "Городской совет в понедельник решил отремонтировать старый мост через реку.",
    Language.ARABIC: "قرر مجلس المدينة يوم الاثنين ترميم الجسر القديم فوق النهر قبل حلول الشتاء.",
}


@pytest.mark.parametrize("language", Language)
def test_the_three_languages_are_known(language: Language) -> None:
    assert identify(OURS[language]) is language
    check_declared(OURS[language], language)


@pytest.mark.parametrize(("code", "text"), OTHERS, ids=[code for code, _ in OTHERS])
def test_other_languages_are_refused_by_name(code: str, text: str) -> None:
    with pytest.raises(LanguageUnsupported) as caught:
        identify(text)

    assert caught.value.field == "text"
    assert caught.value.given == code
    assert caught.value.message == (
        f"The text appears to be {LANGUAGE_NAMES[code]}; Khabar reads Arabic, Russian and English."
    )


def test_the_near_neighbours_are_among_the_others() -> None:
    neighbours = "uk be bg sr mk kk fa ur ps ckb fr de es it pt nl tr pl"

    assert set(neighbours.split()) <= {code for code, _ in OTHERS}


@pytest.mark.parametrize("text", ["", "Hi", "12:40 " * 100, "x" * (MIN_LETTERS - 1)])
def test_a_text_too_short_to_tell_asks_for_the_language(text: str) -> None:
    with pytest.raises(LanguageUnsupported, match="too short") as caught:
        identify(text)

    assert caught.value.limit == MIN_LETTERS
    assert "language" in (caught.value.hint or "")


def test_gibberish_is_no_language() -> None:
    with pytest.raises(LanguageUnsupported, match="cannot be told"):
        identify("asdf qwer zxcv hjkl uiop bnm wert sdfg xcvb " * 3)


def test_capitals_do_not_mislead() -> None:
    assert identify(OURS[Language.ENGLISH].upper()) is Language.ENGLISH
    assert identify(OURS[Language.RUSSIAN].upper()) is Language.RUSSIAN


def test_a_text_that_is_mostly_digits_is_still_in_its_language() -> None:
    chance = random.Random(5)
    for _ in range(3000):
        text = f"{1796000000 + chance.random() * 1e6} the port" * 10
        assert plainly_other(text, Language.ENGLISH) is None, text


def test_a_foreign_quotation_does_not_mislead() -> None:
    quotation = "«Le pont sera fermé pendant la nuit», a dit le maire. "

    assert identify(OURS[Language.RUSSIAN] * 3 + quotation) is Language.RUSSIAN


@pytest.mark.parametrize("declared", Language)
@pytest.mark.parametrize("language", Language)
def test_a_declaration_is_held_against_the_text(language: Language, declared: Language) -> None:
    if declared is language:
        check_declared(OURS[language], declared)
        return
    with pytest.raises(FieldInvalid) as caught:
        check_declared(OURS[language], declared)
    assert caught.value.field == "language"
    assert caught.value.given == language.value


@pytest.mark.parametrize(
    ("code", "text"), [pair for pair in OTHERS if pair[0] in {"uk", "bg", "fa", "ur", "fr", "de"}]
)
def test_a_neighbour_is_not_declared_away(code: str, text: str) -> None:
    script = {"uk": "ru", "bg": "ru", "fa": "ar", "ur": "ar"}.get(code, "en")

    with pytest.raises(FieldInvalid):
        check_declared(text, Language(script))


def test_a_doubt_is_decided_for_the_declaration() -> None:
    check_declared("Yes.", Language.ENGLISH)
    check_declared("12:40", Language.ARABIC)
    check_declared("Ozymandias Xanadu", Language.ENGLISH)


def test_a_quotation_in_a_neighbour_overrules_no_declaration() -> None:
    text = (
        "Президент Украины заявил: «Ми не віддамо жодного міста, і кожен із нас це знає дуже "
        "добре». Об этом он сказал журналистам во вторник, передаёт агентство."
    )

    check_declared(text, Language.RUSSIAN)


def test_a_short_text_in_another_script_is_refused() -> None:
    with pytest.raises(FieldInvalid, match="another script"):
        check_declared("Да, конечно.", Language.ARABIC)


def test_threads_may_ask_at_once() -> None:
    found: list[Language] = []
    threads = [
        threading.Thread(target=lambda text=text: found.append(identify(text)))
        for text in [*OURS.values()] * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == sorted([*OURS] * 4)


def test_a_huge_text_costs_no_more_than_a_long_one() -> None:
    text = OURS[Language.ENGLISH] * 100_000
    identify(text)
    began = time.process_time()
    identify(text)

    assert time.process_time() - began < 0.1
