"""The three languages Khabar serves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Language(StrEnum):
    """A served language, by its ISO 639-1 code."""

    ARABIC = "ar"
    RUSSIAN = "ru"
    ENGLISH = "en"


Direction = tuple[Language, Language]
"""Of a translation: the language that is read, and the one that is written."""


@dataclass(frozen=True, slots=True)
class LanguageFacts:
    """What a client shows of a language: its names, its ISO 15924 script and its direction."""

    english_name: str
    own_name: str
    script: Literal["Arab", "Cyrl", "Latn"]
    direction: Literal["ltr", "rtl"]


FACTS: dict[Language, LanguageFacts] = {
    Language.ARABIC: LanguageFacts("Arabic", "العربية", "Arab", "rtl"),
    Language.RUSSIAN: LanguageFacts("Russian", "русский", "Cyrl", "ltr"),
    Language.ENGLISH: LanguageFacts("English", "English", "Latn", "ltr"),
}
