"""Numbers written as words, in the three languages."""

import re

from khabar.languages import Language
from workers.checks.compound_numbers import ARABIC_HUNDREDS, RUSSIAN_HUNDREDS, russian_compounds

# What the words for a number begin with or look like. Ordinals and collective numerals are among
# them, since "the 2nd" and "2" become such words in another language. A few words too many do no
# harm: a word can only stand for a number that the other side has in digits.
_ENGLISH = {
    1: "one|first|once|single",
    2: "two|second|twice|both|pair|double",
    3: "three|third|thrice|triple\\w*|trebled?|trio",
    4: "four\\w*|quarter\\w*|quadrupl\\w+|quartet",
    5: "five|fifth|quintupl\\w+|quintet",
    6: "six|sixth|half a year|half-year|sextupl\\w+",
    7: "seven|seventh",
    8: "eight|eighth",
    9: "nine|ninth",
    10: "ten|tenth|decade\\w*",
    11: "eleven|eleventh",
    12: "twelve|twelfth|dozen",
    13: "thirteen\\w*",
    14: "fourteen\\w*",
    15: "fifteen\\w*",
    16: "sixteen\\w*",
    17: "seventeen\\w*",
    18: "eighteen\\w*",
    19: "nineteen\\w*",
    20: "twent\\w+|score",
    30: "thirt(?:y|ies|ieth)",
    40: "fort(?:y|ies|ieth)",
    50: "fift(?:y|ies|ieth)",
    60: "sixt(?:y|ies|ieth)",
    70: "sevent(?:y|ies|ieth)",
    80: "eight(?:y|ies|ieth)",
    90: "ninet(?:y|ies|ieth)",
    100: "hundred\\w*|centur\\w+",
    1000: "thousand\\w*",
}
_RUSSIAN = {
    1: "одн\\w+|один\\w*|перв\\w+|раз",
    2: "дв(?:а|е|ум|умя|ое|оих|оим|ух\\w*|аж\\w+)|втор\\w+|оба|обе|обоих|обеих|пар\\w+|вдво\\w+",
    3: "три|тр[её]х\\w*|тр[её]м\\w*|тро\\w+|трет\\w+|трижды|втр(?:о|идорога)\\w*",
    4: "четыр\\w+|четв[её]р(?:т\\w+|о\\w*|ы[хм])|вчетверо\\w*",
    5: "пят(?!ниц|н[аи])\\w+|впятеро\\w*",
    6: "шест\\w+|вшестеро\\w*|полгод[ауе]|полугод\\w+",
    7: "сем(?:ь|и|ью|еро|[её]р\\w+|и\\w{4,})|всемеро\\w*|седьм\\w+",
    8: "вос[еь]м\\w+",
    9: "девят\\w+",
    10: "десят\\w+|вдесятеро\\w*|декад\\w+",
    11: "одиннадцат\\w+",
    12: "двенадцат\\w+|дюжин\\w+|полдень|полудн\\w+",
    13: "тринадцат\\w+",
    14: "четырнадцат\\w+",
    15: "пятнадцат\\w+",
    16: "шестнадцат\\w+",
    17: "семнадцат\\w+",
    18: "восемнадцат\\w+",
    19: "девятнадцат\\w+",
    20: "двадцат\\w+",
    30: "тридцат\\w+",
    40: "сорок\\w*",
    50: "пят[ьи]десят\\w*",
    60: "шест[ьи]десят\\w*",
    70: "сем[ьи]десят\\w*",
    80: "вос[еь]м[ьи]десят\\w*",
    90: "девяно\\w+",
    100: "сто|ста|сот\\w*|стол\\w+|стометр\\w+|век\\w*",
    1000: "тысяч\\w*",
}
_ARABIC = {
    1: "واحد\\w*|[أإا]حدى|أحد|أول\\w*|مرة",
    2: "[إا]ثن\\w+|ثان\\w*|ثنائ\\w+|كلا|كلتا|مرتين|ضعف\\w*",
    3: "ثلاث\\w*|ثالث\\w*|ثلث\\w*",
    4: "[أا]ربع\\w*|رابع\\w*|ربع",
    5: "خمس\\w*|خامس\\w*",
    6: "ست\\w?|سادس\\w*|سدس",
    7: "سبع\\w*|سابع\\w*",
    8: "ثما?ن\\w*|ثامن\\w*",
    9: "تسع\\w*|تاسع\\w*",
    10: "عشرة?|عاشر\\w*|عشرات|عقد\\w*",
    11: "حادي\\w*|[أإ]حد\\w* عشرة?",
    12: "[إا]ثن\\w+ عشرة?|ثان\\w+ عشرة?|دزين\\w+",
    13: "ثلاث\\w* عشرة?|ثالث\\w* عشرة?",
    14: "[أا]ربع\\w* عشرة?|رابع\\w* عشرة?",
    15: "خمس\\w* عشرة?|خامس\\w* عشرة?",
    16: "ستة? عشرة?|سادس\\w* عشرة?",
    17: "سبع\\w* عشرة?|سابع\\w* عشرة?",
    18: "ثما?ن\\w* عشرة?|ثامن\\w* عشرة?",
    19: "تسع\\w* عشرة?|تاسع\\w* عشرة?",
    20: "عشر[وي]ن\\w*",
    30: "ثلاث[وي]ن\\w*",
    40: "[أا]ربع[وي]ن\\w*",
    50: "خمس[وي]ن\\w*",
    60: "ست[وي]ن\\w*",
    70: "سبع[وي]ن\\w*",
    80: "ثمان[وي]ن\\w*",
    90: "تسع[وي]ن\\w*",
    100: "مئة|مائة|مئات|قرن\\w*",
    1000: "[أا]لف\\w*|آلاف",
    2_000: "[أا]لف(?:ي|ين|ان|ا)",
    2_000_000: "مليون(?:ي|ين|ان|ا)",
    2_000_000_000: "مليار(?:ي|ين|ان|ا)",
}


def _compiled(
    table: dict[int, str], before: str = "", after: str = ""
) -> dict[int, re.Pattern[str]]:
    return {
        value: re.compile(rf"\b{before}(?:{words}){after}\b", re.IGNORECASE)
        for value, words in table.items()
    }


# Conjunctions, prepositions and the article are written together with the word.
_ARABIC_BEFORE = "[وفبكل]{0,2}(?:ال|ل)?"

_WORDS = {
    Language.ENGLISH: _compiled(_ENGLISH, after="(?:-?fold)?"),
    Language.RUSSIAN: _compiled(_RUSSIAN | RUSSIAN_HUNDREDS | russian_compounds()),
    Language.ARABIC: _compiled(_ARABIC | ARABIC_HUNDREDS, before=_ARABIC_BEFORE),
}

# Russian numbers its centuries and its congresses so.
_ROMAN = re.compile(r"\b[IVXХ]{1,5}\b")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "Х": 10}


def word_values(text: str, language: Language) -> set[int]:
    """Return the numbers that the words and Roman numerals of a text may stand for.

    Tens and units are also added up, and hundreds with both: "three hundred and forty-seven" gives
    300, 40, 7, 47, 340, 307 and 347.
    """
    values = {value for value, words in _WORDS[language].items() if words.search(text)}
    if language is Language.ENGLISH:
        values |= {100 * int(unit) for unit in values if unit < 10} if 100 in values else set()
    units = {value for value in values if value < 20}
    tens = {value for value in values if 20 <= value < 100}
    small = units | tens | {ten + unit for ten in tens for unit in units if unit < 10}
    hundreds = {value for value in values if 100 <= value < 1000}
    sums = {hundred + rest for hundred in hundreds for rest in small}
    return values | small | sums | {_roman(match) for match in _ROMAN.findall(text)}


def _roman(numeral: str) -> int:
    digits = [_ROMAN_DIGITS[letter] for letter in numeral]
    following = [*digits[1:], 0]
    return sum(
        -digit if digit < after else digit for digit, after in zip(digits, following, strict=True)
    )
