"""The forms a text is brought into: tidy for training, bare for comparison."""

import html
import re
import unicodedata

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SPACE = re.compile(r"\s+")
_LOOSE_MARK = re.compile(r"\s+([.,;:!?،؛؟])(?=\s|$)")
_LIST_MARK = re.compile(r"^(?:[-*•–—>#]+|\d{1,2}[.)])\s+")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060\u2066-\u2069\ufeff\u00ad]"
)
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_NOT_WORD = re.compile(r"[\W_]+")
EASTERN_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WESTERN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
# Spellings that differ from writer to writer and carry no meaning in a comparison.
_FOLDED = WESTERN_DIGITS | str.maketrans("أإآٱىةё", "اااايهе")


def tidy(text: str) -> str:
    """Return the text in NFC on one line, without markup, invisible characters and list marks.

    Markup that is taken away leaves spaces before punctuation marks, which go too.
    """
    text = _TAG.sub(" ", html.unescape(text)) if "<" in text or "&" in text else text
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return _LOOSE_MARK.sub(r"\1", _LIST_MARK.sub("", _SPACE.sub(" ", text).strip()))


def without_arabic_signs(text: str) -> str:
    """Return the text as agencies write Arabic: without vowel signs and tatweel."""
    return _ARABIC_SIGNS.sub("", text)


def without_yo(text: str) -> str:
    """Return the text as newspapers write Russian: with е for ё."""
    return text.replace("ё", "е").replace("Ё", "Е")


def bare_words(text: str) -> list[str]:
    """Return the words alone, in one case and one spelling, digits Western.

    Two texts with the same bare words count as the same text.
    """
    if not text.isascii():
        text = without_arabic_signs(unicodedata.normalize("NFKC", text))
    text = text.casefold()
    return _NOT_WORD.sub(" ", text if text.isascii() else text.translate(_FOLDED)).split()


def bare(text: str) -> str:
    """Return the bare words joined by spaces."""
    return " ".join(bare_words(text))
