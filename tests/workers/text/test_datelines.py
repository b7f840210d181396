import time

import pytest

from khabar.languages import Language
from workers.text.datelines import dateline_length

ENGLISH, RUSSIAN, ARABIC = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


@pytest.mark.parametrize(
    ("language", "dateline", "rest"),
    [
        (ENGLISH, "DAMASCUS (AFP) - ", "Syrian officials met."),
        (ENGLISH, "AMMAN — ", "Jordan expects rain."),
        (ENGLISH, "NEW YORK (AP) — ", "A planner admitted it."),
        (ENGLISH, "WASHINGTON, March 3 (Reuters) - ", "The Senate voted."),
        (ENGLISH, "GAZA/JERUSALEM, Oct 3 (Reuters) - ", "Trucks moved."),
        (ENGLISH, "Cairo, 3 March (SPA) -- ", "The minister left."),
        (ENGLISH, "RIO DE JANEIRO, Brazil -- ", "Drums were heard."),
        (ENGLISH, "(Reuters) - ", "Shares rose."),
        (ENGLISH, "ISLAMABAD: ", "The court adjourned."),
        (ENGLISH, "Amman — ", "The ministry agreed."),
        (RUSSIAN, "МОСКВА, 12 мар — РИА Новости. ", "Глава ведомства уехал."),
        (RUSSIAN, "МОСКВА, 12 марта. /ТАСС/. ", "Глава ведомства уехал."),
        (RUSSIAN, "Москва. 12 марта. INTERFAX.RU - ", "Глава ведомства уехал."),
        (RUSSIAN, "НЬЮ-ЙОРК. ", "Организатор свадеб признала вину."),
        (RUSSIAN, "САКРАМЕНТО, Калифорния. ", "Губернатор наложила вето."),
        (RUSSIAN, "АММАН — ", "Иордания ждет дождя."),
        (RUSSIAN, "Дамаск, 14 ноября — ", "Делегация прибыла."),
        (ARABIC, "القاهرة (رويترز) - ", "قال الوزير إنه سيغادر."),
        (ARABIC, "باريس 3 مارس (شينخوا) -- ", "قال الوزير إنه سيغادر."),
        (ARABIC, "دبي في 5 يناير / وام / ", "غادر الوفد."),
        (ARABIC, "بيروت (أ ف ب) - ", "غادر الوفد."),
        (ARABIC, "مكة المكرمة — ", "أعلنت الوزارة خلو الموسم."),
    ],
)
def test_datelines_are_measured(language: Language, dateline: str, rest: str) -> None:
    text = dateline + rest

    assert text[dateline_length(text, language) :] == rest


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (ENGLISH, "The plan — a big one — failed."),
        (ENGLISH, "NATO ministers met in Brussels - again."),
        (ENGLISH, "Officials said: nothing."),
        (ENGLISH, "WASHINGTON (Reuters)"),
        (ENGLISH, "NATO — the 32-nation alliance — said it would act."),
        (ENGLISH, "Israel – Hamas truce talks resumed on Monday."),
        (ENGLISH, "UNICEF: Children go hungry."),
        (RUSSIAN, "Москва — столица России."),
        (RUSSIAN, "США — крупнейший импортёр стали."),
        (RUSSIAN, "ВОЗ: Холера вернулась."),
        (RUSSIAN, "США и ООН — давние партнеры."),
        (RUSSIAN, "Поезд Псков — Луга опоздал."),
        (ARABIC, "وقالت ليلى (63 عاما): لا أعرف."),
        (ARABIC, "قبل 47 دقيقة من الإطلاق — عالجت الفرق العطل."),
        (ARABIC, "قال الوزير في مؤتمر صحفي أمس - وهو يبتسم - إنه باق."),
        (ARABIC, "قال ترامب - الذي يزور الرياض - إن بلاده ستستثمر."),
        (ARABIC, "استقبل ولي العهد - حفظه الله - في الرياض الرئيس."),
    ],
)
def test_sentences_are_left_alone(language: Language, text: str) -> None:
    assert dateline_length(text, language) == 0


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("text", ["A " * 500_000, "(" * 500_000, "А-" * 500_000, " - " * 300_000])
def test_only_the_beginning_is_looked_at(language: Language, text: str) -> None:
    began = time.process_time()
    dateline_length(text, language)

    assert time.process_time() - began < 0.5
