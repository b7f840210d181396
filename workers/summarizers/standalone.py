"""Whether a sentence can be read without the article around it."""

import re
from enum import Enum

from khabar.languages import Language
from khabar.word_forms import without_arabic_signs
from workers.summarizers.openings import FOLLOWING, LATER, PRONOUNS, TEASERS
from workers.summarizers.quotations import balanced, unquoted

FEWEST_WORDS = 4
FEWEST_WORDS_BESIDE_QUOTATION = 2
WORD = re.compile(r"\w+")
QUESTION = re.compile(r"[?؟]\W*\Z")
UNFINISHED = re.compile(r"[:،,;؛…-]\s*\Z|\.\.\.\s*\Z")

ENGLISH_PERSON = re.compile(r"\b(?:he|she|him|his|her|himself|herself)\b", re.IGNORECASE)
ENGLISH_NAME = re.compile(
    r"(?<!\bin )(?<!\bat )(?<!\bfrom )(?<!\bon )(?<!\bnear )(?<!\blast )(?<!\bthis )"
    r"\b(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)"
    r"(?!(?:January|February|March|April|May|June|July|August)\b)"
    r"(?!(?:September|October|November|December)\b)[A-Z][\w'’-]+"
)
ENGLISH_NOBODY = re.compile(
    r"\W*(?:police|officials?|doctors|prosecutors|witnesses|in|on|at|after|before|when|while|as"
    r"|with|during|according|last|but|and|for|since|asked|if|although|though|by|until|once|under"
    r"|later|earlier|speaking|despite|without|from|of|to|yesterday|today|now|then)\b",
    re.IGNORECASE,
)
ENGLISH_SOMEBODY = re.compile(r"\W*(?:an?|the|one|every|no) \w|.*\b(?:who|whose)\b", re.IGNORECASE)
RUSSIAN_PERSON = re.compile(
    r"(?:^\W*(?:[\w-]+\W+){1,4}?|[—–-]\s*\w+\s+)(?:он|она|они|ему|ей|её|ее|у него|у неё|у них)\b"
)
RUSSIAN_NAME = re.compile(r"(?<=\w\W)\W*[А-ЯЁA-Z]\w+")
ARABIC_SAYING = re.compile(
    r"\W*[وف]?(?:قال|قالت|قالوا|يقول|تقول|أضاف|أضافت|أضافوا|أكد|أكدت|أعلن|أعلنت|ذكر|ذكرت|أوضح|أوضحت"
    r"|أشار|أشارت|لفت|لفتت|حذر|حذرت|شدد|شددت|تابع|تابعت|أردف|أردفت|رأى|رأت|اعتبر|اعتبرت|كشف|كشفت"
    r"|توقع|توقعت|دعا|دعت|نفى|نفت|وصف|وصفت|روى|روت|تحدث|تحدثت|طالب|طالبت|وعد|وعدت|بين|بينت|زاد)"
    r"\s+(?:(?:من|إلى|على|ب|عن)\s+)?"
    r"(?:[\"«“:]|(?:إن|أن|بأن|إنه|إنها|أنه|أنها|إنهم|أنهم|إننا|أنهما|بأنه|بأنها|ذلك|هذا|هذه)\b)"
)


class Standing(Enum):
    """What a sentence needs beside it in a summary."""

    FREE = "nothing"
    LATER = "an earlier sentence of the article"
    FOLLOWING = "the sentence just before it"
    UNFIT = "cannot stand in a summary"


def standing(text: str, language: Language, *, first: bool) -> Standing:
    """Say what ``text`` needs beside it. ``first`` tells that it begins the article.

    The rules are lists of words, not a parse: they rather refuse a sentence than leave a pronoun
    without the person it means.
    """
    text = without_arabic_signs(text)
    if not _fit(text, language):
        return Standing.UNFIT
    if first:
        # It has nothing to contrast with or to count on: "The two Koreas", "Both quarter-finals".
        return Standing.FOLLOWING if PRONOUNS[language].match(text) else Standing.FREE
    if FOLLOWING[language].match(text):
        return Standing.FOLLOWING
    if LEANING[language](unquoted(text)):
        return Standing.FOLLOWING
    return Standing.LATER if LATER[language].match(text) else Standing.FREE


def _fit(text: str, language: Language) -> bool:
    return (
        len(WORD.findall(text)) >= FEWEST_WORDS
        and len(WORD.findall(unquoted(text))) >= FEWEST_WORDS_BESIDE_QUOTATION
        and balanced(text)
        and not QUESTION.search(text)
        and not UNFINISHED.search(text)
        and not TEASERS[language].match(text)
    )


def _english_leans(text: str) -> bool:
    person = ENGLISH_PERSON.search(text)
    if not person:
        return False
    before = text[: person.start()]
    if ENGLISH_NOBODY.match(before):
        _, _, before = before.partition(" ")
    elif ENGLISH_SOMEBODY.match(before):
        return False
    return not ENGLISH_NAME.search(before)


def _russian_leans(text: str) -> bool:
    person = RUSSIAN_PERSON.search(text)
    return person is not None and not RUSSIAN_NAME.search(text, 0, person.end())


def _arabic_leans(text: str) -> bool:
    return bool(ARABIC_SAYING.match(text))


LEANING = {
    Language.ENGLISH: _english_leans,
    Language.RUSSIAN: _russian_leans,
    Language.ARABIC: _arabic_leans,
}
