"""Numbers from three to twelve in words, of which a translation must keep each."""

import re

from khabar.languages import Language

# Unlike the words in number_words.py, these are certain. Left out are words that mean something
# else as well (семью, a family) and the Arabic ten, which is a part of every number of the teens.
_ENGLISH = "three four five six seven eight nine ten eleven twelve"
_RUSSIAN = (
    "три|тр[её]х|тр[её]м|тремя|трое|троих|троим",
    "четыре|четыр[её]х|четыр[её]м|четверо|четверых",
    "пять|пяти|пятью|пятеро|пятерых",
    "шесть|шести|шестью|шестеро|шестерых",
    "семь|семи|семеро|семерых",
    "восемь|восьми|восемью|восьмеро",
    "девять|девяти|девятью",
    "десять|десяти|десятью",
    "одиннадцать|одиннадцати",
    "двенадцать|двенадцати",
)
_ARABIC = ("ثلاثة?", "أربعة?", "خمسة?", "ستة?", "سبعة?", "ثماني(?:ة)?", "تسعة?")


def _compiled(words: tuple[str, ...], pattern: str) -> dict[int, re.Pattern[str]]:
    return {
        value: re.compile(pattern.format(f"(?:{forms})"), re.IGNORECASE)
        for value, forms in enumerate(words, start=3)
    }


_COUNTS = {
    # Not "twenty-three", "three-quarters", "six hundred", "half past five" nor "the last eight".
    Language.ENGLISH: _compiled(
        tuple(_ENGLISH.split()), r"(?<!-)(?<!half past )(?<!last )\b{}\b(?!-| hundred)"
    ),
    Language.RUSSIAN: _compiled(_RUSSIAN, r"(?<!-)\b{}\b(?!-)"),
    # Conjunctions, prepositions and the article are written together with the word. Not a part of
    # a number over ten, not the beginning of a word with vowel signs, and not "I am not".
    Language.ARABIC: _compiled(
        _ARABIC,
        r"(?<!\w)(?![وف]?لست\b)[وفبكل]{{0,2}}(?:ال|ل)?{}"
        r"(?![\w\u064b-\u0652])(?! عشرة?\b| و\w+[وي]ن\b)",
    ),
}


def counts(text: str, language: Language) -> dict[int, str]:
    """Return the numbers of a text that are written in words, and how they are spelled."""
    found = ((value, words.search(text)) for value, words in _COUNTS[language].items())
    return {value: match.group() for value, match in found if match}
