"""Letters by the script they belong to."""

import re

from khabar.languages import FACTS, Language

# The blocks whose letters news text in these scripts uses, without marks, digits and punctuation.
_BLOCKS = {
    "Latn": "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ",
    "Cyrl": "Ѐ-ҁҊ-ԯ",
    "Arab": "ؠ-يٮ-ۓە-ۿݐ-ݿࢠ-ࣇﭐ-ﴽﹰ-ﻼ",
}
_LETTERS = {script: re.compile(f"[{block}]") for script, block in _BLOCKS.items()}
_RUNS = {script: re.compile(f"[{block}]+") for script, block in _BLOCKS.items()}


def letters_of(text: str, language: Language) -> int:
    """Count the letters of the language's script."""
    return len(_LETTERS[FACTS[language].script].findall(text))


def words_of(text: str, language: Language) -> list[str]:
    """Return the words in the language's script, in order."""
    return _RUNS[FACTS[language].script].findall(text)


def all_letters(text: str) -> int:
    """Count the letters of every script there is."""
    return sum(map(str.isalpha, text))
