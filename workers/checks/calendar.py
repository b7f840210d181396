"""Months and days of the week by name, in the three languages.

In Arabic the months have three names: those of Egypt and the Gulf, those of the Levant and Iraq,
and those of Algeria and Tunisia.
"""

import re
from collections.abc import Mapping
from functools import cache

from khabar.languages import Language
from khabar.word_forms import without_arabic_signs

MONTHS = {
    Language.ENGLISH: (
        "January|Jan(?=\\.)",
        "February|Feb(?=\\.)",
        "March|Mar(?=\\.)",
        "April|Apr(?=\\.)",
        "May",
        "June|Jun(?=\\.)",
        "July|Jul(?=\\.)",
        "August|Aug(?=\\.)",
        "September|Sept?(?=\\.)",
        "October|Oct(?=\\.)",
        "November|Nov(?=\\.)",
        "December|Dec(?=\\.)",
    ),
    Language.RUSSIAN: (
        r"январ\w+",
        r"феврал\w+",
        r"март(?:а|е|у|ом|овск\w+)?",
        r"апрел\w+",
        r"ма(?:й|я|е|ю|ем|йск\w+)",
        r"июн\w+",
        r"июл\w+",
        r"август\w*",
        r"сентябр\w+",
        r"октябр\w+",
        r"ноябр\w+",
        r"декабр\w+",
    ),
    Language.ARABIC: (
        "يناير|كانون الثاني|جانفي",
        "فبراير|شباط|فيفري",
        "مارس|آذار",
        "[أإا]بريل|نيسان|أفريل",
        "مايو|أيار|ماي",
        "يونيو|يونيه|حزيران|جوان",
        "يوليو|يوليه|تموز|جويلية",
        "[أا]غسطس|آب|أوت",
        "سبتمبر|[أا]يلول",
        "[أا]كتوبر|تشرين الأول",
        "نوفمبر|تشرين الثاني",
        "ديسمبر|كانون الأول",
    ),
}
"""The names of the months, January first."""

WEEKDAYS = {
    Language.ENGLISH: (
        "Mondays?",
        "Tuesdays?",
        "Wednesdays?",
        "Thursdays?",
        "Fridays?",
        "Saturdays?",
        "Sundays?(?! (?:Times|Telegraph|Mail|Mirror|Express))",
    ),
    Language.RUSSIAN: (
        r"понедельни\w+",
        r"вторни\w+",
        r"сред(?:а|у|ы|е|ой|ам)",
        r"четверг\w*",
        r"пятни[цч]\w+",
        r"суббот(?!ник)\w+",
        r"воскрес(?:ень|н)\w+",
    ),
    Language.ARABIC: (
        "ال[اإ]ثنين",
        "ال?ثلاثاء",
        "الأربعاء|الاربعاء",
        "الخميس",
        "الجمعة",
        "السبت",
        "الأحد|الاحد",
    ),
}
"""The names of the days, Monday first."""

# Where a name is another word as well, what makes it one of these for certain.
_DAY_BEFORE = "(?:يوم|مساء|صباح|فجر|ليل|ليلة|ظهر|عصر|أمس|غد) "
_WHEN = r"(?:\d|[Ii]n|[Bb]y|[Ss]ince|[Ll]ast|[Nn]ext|[Uu]ntil|[Ff]rom|[Ee]arly|[Ll]ate|[Mm]id)"
_SURE_MONTHS = {
    Language.ENGLISH: {3: rf"{_WHEN}[ -]March|March \d+", 5: rf"{_WHEN}[ -]May|May \d+"},
    Language.RUSSIAN: {5: r"\d мая|в мае|в майск\w+"},
    Language.ARABIC: {
        3: r"\d مارس|شهر مارس|في مارس|مارس \d+|مارس/|آذار",
        5: "مايو|أيار",
        6: "يونيو|يونيه|حزيران",
        8: r"أغسطس|\d آب|شهر آب|آب/",
    },
}
_SURE_WEEKDAYS: dict[Language, dict[int, str]] = {
    Language.ENGLISH: {},
    Language.RUSSIAN: {3: r"(?:в|минувшую|прошлую|на) среду|со среды|до среды"},
    Language.ARABIC: {1: f"{_DAY_BEFORE}(?:ال[اإ]ثنين)"},
}
# What may be one of them too.
_EACH = "(?:كل|يوم|ذات|أول|ثاني|ثالث|رابع|آخر|مساء|صباح|فجر|ظهر|عصر|ليلة) (?:يوم )?"
_NIGHT_TO = "ночь на "
"""The night to Tuesday is what others call Monday night."""
_ALSO_WEEKDAYS: dict[Language, dict[int, str]] = {
    Language.ENGLISH: {},
    Language.RUSSIAN: {
        day: rf"{_NIGHT_TO}(?:{WEEKDAYS[Language.RUSSIAN][day % 7]})" for day in range(1, 8)
    },
    Language.ARABIC: {
        1: f"{_EACH}[اإ]ثنين",
        3: "[أا]ربعاء",
        4: f"{_EACH}خميس",
        5: f"{_EACH}جمعة",
        6: f"{_EACH}سبت",
        7: f"{_EACH}أحد",
    },
}
# Conjunctions and prepositions are written together with an Arabic word.
_JOINED = {Language.ENGLISH: "", Language.RUSSIAN: "", Language.ARABIC: "[وفبلك]{0,2}"}
_NOT_AFTER = {Language.ENGLISH: "", Language.RUSSIAN: f"(?<!{_NIGHT_TO})", Language.ARABIC: ""}

Days = dict[str, str]
"""Months and days of the week by a name of their own, and how the text spells them."""


def certain(text: str, language: Language) -> Days:
    """Return the months and days that a text speaks of without doubt."""
    return _found(text, _patterns(language)[0])


def possible(text: str, language: Language) -> Days:
    """Return these and words that may be one of them, such as "may" and "среда"."""
    return _found(text, _patterns(language)[1])


def _found(text: str, patterns: Mapping[str, re.Pattern[str]]) -> Days:
    plain = without_arabic_signs(text)
    found = ((name, pattern.search(plain)) for name, pattern in patterns.items())
    return {name: match.group() for name, match in found if match}


@cache
def _patterns(language: Language) -> tuple[dict[str, re.Pattern[str]], dict[str, re.Pattern[str]]]:
    nothing: dict[int, str] = {}
    tables = (
        ("month", MONTHS[language], _SURE_MONTHS[language], nothing),
        ("day", WEEKDAYS[language], _SURE_WEEKDAYS[language], _ALSO_WEEKDAYS[language]),
    )
    sure: dict[str, re.Pattern[str]] = {}
    loose: dict[str, re.Pattern[str]] = {}
    for kind, names, doubtful, also in tables:
        for number, forms in enumerate(names, start=1):
            name = f"{kind} {number}"
            all_forms = f"{forms}|{also[number]}" if number in also else forms
            loose[name] = _compiled(all_forms, language, re.IGNORECASE)
            certain_forms = f"{_NOT_AFTER[language]}(?:{doubtful.get(number, forms)})"
            sure[name] = _compiled(certain_forms, language, re.NOFLAG)
    return sure, loose


def _compiled(forms: str, language: Language, flags: re.RegexFlag) -> re.Pattern[str]:
    return re.compile(rf"\b{_JOINED[language]}(?:{forms})\b", flags)
