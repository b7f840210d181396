"""Simple news sentences in three languages, put together from parts.

A few dozen parts make some thousands of sentences, so that a model trained on some of them can be
tried on others that it never saw. Every sentence of one language has one sentence of each other
that means the same.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from khabar.languages import Language


@dataclass(frozen=True, slots=True)
class Triple:
    """One sentence in three languages."""

    en: str
    ru: str
    ar: str

    def text(self, language: Language) -> str:
        """Return the sentence in one of them."""
        return {Language.ENGLISH: self.en, Language.RUSSIAN: self.ru, Language.ARABIC: self.ar}[
            language
        ]


# Every part has the forms that the patterns ask for, by name.
Part = Mapping[str, str]

_WHO: tuple[Part, ...] = (
    {
        "en": "The Egyptian foreign minister",
        "ru": "Министр иностранных дел Египта",
        "ar": "وزير الخارجية المصري",
    },
    {
        "en": "The Jordanian prime minister",
        "ru": "Премьер-министр Иордании",
        "ar": "رئيس الوزراء الأردني",
    },
    {"en": "The Kazakh president", "ru": "Президент Казахстана", "ar": "الرئيس الكازاخستاني"},
    {
        "en": "The Omani trade minister",
        "ru": "Министр торговли Омана",
        "ar": "وزير التجارة العماني",
    },
    {"en": "The Serbian ambassador", "ru": "Посол Сербии", "ar": "السفير الصربي"},
    {
        "en": "The Norwegian energy minister",
        "ru": "Министр энергетики Норвегии",
        "ar": "وزير الطاقة النرويجي",
    },
)
_CITY: tuple[Part, ...] = (
    {"en": "Cairo", "to": "в Каир", "in": "в Каире", "of": "Каира", "ar": "القاهرة"},
    {"en": "Moscow", "to": "в Москву", "in": "в Москве", "of": "Москвы", "ar": "موسكو"},
    {"en": "Geneva", "to": "в Женеву", "in": "в Женеве", "of": "Женевы", "ar": "جنيف"},
    {"en": "Baghdad", "to": "в Багдад", "in": "в Багдаде", "of": "Багдада", "ar": "بغداد"},
    {"en": "Astana", "to": "в Астану", "in": "в Астане", "of": "Астаны", "ar": "أستانا"},
    {"en": "Belgrade", "to": "в Белград", "in": "в Белграде", "of": "Белграда", "ar": "بلغراد"},
)
_DAY: tuple[Part, ...] = (
    {"en": "Monday", "ru": "в понедельник", "ar": "الاثنين"},
    {"en": "Tuesday", "ru": "во вторник", "ar": "الثلاثاء"},
    {"en": "Wednesday", "ru": "в среду", "ar": "الأربعاء"},
    {"en": "Thursday", "ru": "в четверг", "ar": "الخميس"},
    {"en": "Sunday", "ru": "в воскресенье", "ar": "الأحد"},
)
_BUILDING: tuple[Part, ...] = (
    {"en": "hospital", "ru": "новую больницу", "ar": "مستشفى جديدا"},
    {"en": "bridge", "ru": "новый мост", "ar": "جسرا جديدا"},
    {"en": "school", "ru": "новую школу", "ar": "مدرسة جديدة"},
    {"en": "library", "ru": "новую библиотеку", "ar": "مكتبة جديدة"},
)
_DISASTER: tuple[Part, ...] = (
    {"en": "a fire", "ru": "при пожаре", "ar": "حريق"},
    {"en": "a storm", "ru": "при урагане", "ar": "عاصفة"},
    {"en": "an explosion", "ru": "при взрыве", "ar": "انفجار"},
    {"en": "an earthquake", "ru": "при землетрясении", "ar": "زلزال"},
)
_GOODS: tuple[Part, ...] = (
    {"en": "bread", "ru": "хлеб", "ar": "الخبز"},
    {"en": "wheat", "ru": "пшеницу", "ar": "القمح"},
    {"en": "fuel", "ru": "топливо", "ar": "الوقود"},
    {"en": "medicine", "ru": "лекарства", "ar": "الأدوية"},
)
_TOPIC: tuple[Part, ...] = (
    {"en": "trade", "ru": "о торговле", "ar": "بشأن التجارة"},
    {"en": "water", "ru": "о водных ресурсах", "ar": "بشأن المياه"},
    {"en": "gas supplies", "ru": "о поставках газа", "ar": "بشأن إمدادات الغاز"},
)
# After these, Russian wants the genitive plural and Arabic the accusative singular.
_NUMBER: tuple[Part, ...] = tuple(
    {"digits": str(number)} for number in (15, 25, 37, 48, 60, 75, 86, 90)
)

_PARTS: dict[str, tuple[Part, ...]] = {
    "who": _WHO,
    "city": _CITY,
    "day": _DAY,
    "building": _BUILDING,
    "disaster": _DISASTER,
    "goods": _GOODS,
    "topic": _TOPIC,
    "n": _NUMBER,
}

_PATTERNS: tuple[Triple, ...] = (
    Triple(
        "{who[en]} arrived in {city[en]} on {day[en]}.",
        "{who[ru]} прибыл {city[to]} {day[ru]}.",
        "وصل {who[ar]} إلى {city[ar]} يوم {day[ar]}.",
    ),
    Triple(
        "{who[en]} opened a new {building[en]} in {city[en]} on {day[en]}.",
        "{who[ru]} открыл {city[in]} {building[ru]} {day[ru]}.",
        "افتتح {who[ar]} {building[ar]} في {city[ar]} يوم {day[ar]}.",
    ),
    Triple(
        "At least {n[digits]} people were injured in {disaster[en]} in {city[en]} on {day[en]}.",
        "Не менее {n[digits]} человек пострадали {disaster[ru]} {city[in]} {day[ru]}.",
        "أصيب {n[digits]} شخصا على الأقل في {disaster[ar]} في {city[ar]} يوم {day[ar]}.",
    ),
    Triple(
        "Rescue teams evacuated {n[digits]} families from the centre of {city[en]} on {day[en]}.",
        "Спасатели вывезли {n[digits]} семей из центра {city[of]} {day[ru]}.",
        "أجلت فرق الإنقاذ {n[digits]} عائلة من وسط {city[ar]} يوم {day[ar]}.",
    ),
    Triple(
        "Prices of {goods[en]} rose by {n[digits]} percent in {city[en]} this month.",
        "Цены на {goods[ru]} {city[in]} выросли за месяц на {n[digits]} процентов.",
        "ارتفعت أسعار {goods[ar]} في {city[ar]} بنسبة {n[digits]} بالمئة هذا الشهر.",
    ),
    Triple(
        "{who[en]} said the talks in {city[en]} would resume on {day[en]}.",
        "{who[ru]} заявил, что переговоры {city[in]} возобновятся {day[ru]}.",
        "قال {who[ar]} إن المحادثات في {city[ar]} ستستأنف يوم {day[ar]}.",
    ),
    Triple(
        "{who[en]} signed an agreement on {topic[en]} in {city[en]}.",
        "{who[ru]} подписал {city[in]} соглашение {topic[ru]}.",
        "وقع {who[ar]} اتفاقا {topic[ar]} في {city[ar]}.",
    ),
)

_LESSONS = 420
_UNSEEN = 56


def lessons() -> tuple[Triple, ...]:
    """Return the sentences to train on: always the same, all patterns alike, none twice."""
    return _sentences()[:_LESSONS]


def unseen() -> tuple[Triple, ...]:
    """Return sentences that are not among the lessons, of the same parts."""
    return _sentences()[_LESSONS:]


def _sentences() -> tuple[Triple, ...]:
    chance = random.Random(7)  # Always the same choice.
    found: dict[str, Triple] = {}
    while len(found) < _LESSONS + _UNSEEN:
        pattern = _PATTERNS[len(found) % len(_PATTERNS)]
        parts = {name: chance.choice(choices) for name, choices in _PARTS.items()}
        made = Triple(*(text.format(**parts) for text in (pattern.en, pattern.ru, pattern.ar)))
        found.setdefault(made.en, made)
    return tuple(found.values())
