"""Apostrophes that were lost on the way: "Russia s defence minister", "it doesn t"."""

import re

# Before these a lone "s" is the letter itself.
_LETTER_NAMES = (
    "a an and capital double final initial letter letters long lowercase of or plural silent "
    "single the than uppercase vitamin with"
)
_LETTER = frozenset(_LETTER_NAMES.split())
# A space, or the sign that a wrong character set made of the apostrophe.
_GAP = r"[ `´?\ufffd]"
_POSSESSIVE = re.compile(rf"\b([^\W\d_]{{2,}}){_GAP}s\b(?!['’-])")
_NEGATION = re.compile(
    rf"\b((?:ai|are|ca|could|did|do|does|had|has|have|is|might|must|need|should|was|were|wo|would)n)"
    rf"{_GAP}t\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    rf"\b(I|you|he|she|it|we|they|who|that|there){_GAP}(m|re|ve|ll|d)\b(?!['’.-])", re.IGNORECASE
)


def mend_apostrophes(text: str) -> str:
    """Return English ``text`` with apostrophes where possessives and contractions lost them."""
    text = _NEGATION.sub(r"\1't", text)
    text = _PRONOUN.sub(r"\1'\2", text)
    return _POSSESSIVE.sub(_possessive, text)


def _possessive(match: re.Match[str]) -> str:
    word = match.group(1)
    return match.group() if word.lower() in _LETTER else f"{word}'s"
