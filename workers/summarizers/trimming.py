"""Cutting the word that ties a sentence to the one before it, where what is left is whole."""

import re

from khabar.languages import Language
from workers.summarizers.openings import CONNECTIVES

SAFE_ARABIC_AND = re.compile(
    r"و(?="
    r"ال(?!د\b|دة\b|ده\b|دت|ده|دي|دا|ي\b|ية\b|تر)\w{3}"
    r"|[أإ]\w{2}"
    r"|(?:يقول|يتوقع|يقدر|يمكن|يعتقد|يبلغ|يجري|يأمل|يتعين|يعتزم|يعد|يأتي|يضم|يشير|يرى|يؤكد"
    r"|يخشى|يسعى|يعمل|يواجه|يشمل|يحتاج|يطالب|يستعد|ينص|يرجح|يتضمن|يشكل|يهدف|يزور|يشارك|قال"
    r"|قالت|ذكر|ذكرت|شارك|شاركت|حذر|حذرت|كشف|كشفت|شدد|شددت|قرر|قررت|نقل|نقلت|بحث|بحثت|ترأس"
    r"|بلغ|بلغت|تشير|تضم|تبلغ|تعد|تعتزم|تقول|تأتي|تشهد|تعهد|تعهدت|توقع|توقعت|تقدر|تضمنت"
    r"|تضمن|تراجع|من|في|على|عن|مع|بعد|قبل|خلال|بحسب|منذ|ستقام|سيتم|سيكون|ستكون|سجل|سجلت)\b"
    r")"
)


def without_connective(text: str, language: Language) -> str:
    """Return ``text`` without the "However, " or "But " it begins with, if it begins with one."""
    match = CONNECTIVES[language].match(text)
    return _capitalised(text[match.end() :]) if match else text


def without_leading_and(text: str, language: Language) -> str:
    """Return an Arabic sentence without the "and" joined to its first word.

    Only where that letter is certainly no part of the word: before the article, a hamza or one of
    some common words; not of a name such as "ويتكوف". Other languages are left alone.
    """
    if language is not Language.ARABIC:
        return text
    return text[1:] if SAFE_ARABIC_AND.match(text) else text


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
