"""Where and when a story was filed, and by which agency: "DAMASCUS (AFP) - "."""

import re

from khabar.languages import Language
from workers.text import newswire_words as words

# A dateline is never longer.
_MAX_CHARACTERS = 110
_MAX_PLACE_WORDS = {Language.ENGLISH: 6, Language.RUSSIAN: 6, Language.ARABIC: 4}
# Without an agency or a date, an Arabic place of more words may be the beginning of a sentence.
_MAX_BARE_WORDS = 3

_DASH = re.compile(r"\s*(?:--+|[—–]|(?<=\s)-(?=\s)|(?<=[)/])\s?[-:])\s*")
_LONG_DASHES = frozenset({"—", "--", "---"})
_ORGANISATION = re.compile(words.ORGANISATIONS)
_COLON = re.compile(r":\s+")
_AGENCY_FIRST = re.compile(rf"[(/]{words.AGENCIES}[)/]\.?\s*(?:[-–—:]+\s*)?")
_AGENCY_AFTER = re.compile(rf"[(/]?{words.AGENCIES}[)/]?(?:\.|\s*[-–—:,])\s+")
_AGENCY_IN_SLASHES = re.compile(rf"[^/.]{{2,50}}/ ?{words.AGENCIES} ?/\.?\s*(?:[-–—:]+\s*)?")
_IN_BRACKETS = re.compile(r"\s*[(/]([^()/\d]{2,40})[)/]\s*$")
_DATE = re.compile(
    rf"[\s,،.]*(?:\b\d{{1,2}}\s+{words.MONTHS}[^\W\d_]*|\b{words.MONTHS}[^\W\d_]*\.?\s+\d{{1,2}}"
    rf"|\b{words.WEEKDAYS})(?:\s+(?:الأول|الثاني))?(?:[\s,،]+\d{{4}})?[\s,،.]*(?:г\.|года)?$",
    re.IGNORECASE,
)
# "БОСТОН. ", "САКРАМЕНТО, Калифорния. "
_RUSSIAN_CAPITALS = re.compile(
    r"[А-ЯЁ][А-ЯЁ-]{2,}(?: [А-ЯЁ][А-ЯЁ-]+){0,3}(?:, [А-ЯЁ][а-яё]+(?:[ -][А-ЯЁ][а-яё]+){0,2})?"
    r"\.\s+(?=[А-ЯЁ«\d])"
)
# "МОСКВА, 12 марта. ", "Москва. 12 марта. "
_RUSSIAN_DATED = re.compile(
    rf"[А-ЯЁ][\w-]+(?: [А-ЯЁ][\w-]+){{0,3}}[,.] \d{{1,2}} {words.MONTHS}[а-яё]*\.\s+",
    re.IGNORECASE,
)
_AGENCY_PATTERNS = (_AGENCY_FIRST, _AGENCY_IN_SLASHES)
_PATTERNS: dict[Language, tuple[re.Pattern[str], ...]] = {
    Language.ENGLISH: _AGENCY_PATTERNS,
    Language.RUSSIAN: (*_AGENCY_PATTERNS, _RUSSIAN_DATED, _RUSSIAN_CAPITALS),
    Language.ARABIC: _AGENCY_PATTERNS,
}


def dateline_length(text: str, language: Language) -> int:
    """Return how many characters at the beginning of ``text`` are a dateline; 0 if none are."""
    window = text[:_MAX_CHARACTERS]
    length = _opening_length(window, language)
    after = _AGENCY_AFTER.match(window, length) if length else None
    length = after.end() if after else length
    # A dateline with nothing after it would be the whole text.
    return length if length < len(text.rstrip()) else 0


def _opening_length(window: str, language: Language) -> int:
    for pattern in _PATTERNS[language]:
        match = pattern.match(window)
        if match:
            return match.end()
    dash = _DASH.search(window)
    if dash and _is_dateline(window[: dash.start()], dash, window[dash.end() :], language):
        return dash.end()
    colon = _COLON.search(window)
    if colon and _is_place_in_capitals(window[: colon.start()]):
        return colon.end()
    return 0


def _is_dateline(head: str, dash: re.Match[str], rest: str, language: Language) -> bool:
    """Tell whether ``head``, before ``dash``, is a place, perhaps with a date and an agency."""
    bracket = _IN_BRACKETS.search(head)
    place = head[: bracket.start()] if bracket else head
    date = _DATE.search(place)
    place = (place[: date.start()] if date else place).strip(" ,،.")
    names = place.split()
    if not names or len(names) > _MAX_PLACE_WORDS[language] or re.search(r"[\d(]", place):
        return False
    named = language is Language.ARABIC or all(word[0].isupper() for word in names)
    if bracket or date:
        return named or _is_in_capitals(place.partition(",")[0])
    # What goes on in small letters is no news, and two dashes set off what stands between them.
    if rest[:1].islower():
        return False
    if _is_place_in_capitals(place.partition(",")[0]):
        return True
    if _another(dash, rest):
        return False
    if language is Language.ARABIC:
        return len(names) <= _MAX_BARE_WORDS
    # "Amman — The ministry": a dash is a verb in Russian, so only English can do without more; and
    # a hyphen or a short dash joins: "Israel – Hamas talks".
    return (
        named
        and language is Language.ENGLISH
        and len(names) <= _MAX_BARE_WORDS
        and rest[:1].isupper()
        and dash.group().strip() in _LONG_DASHES
    )


def _another(dash: re.Match[str], rest: str) -> bool:
    other = _DASH.search(rest)
    return other is not None and other.group().strip() == dash.group().strip()


def _is_place_in_capitals(place: str) -> bool:
    return _is_in_capitals(place) and not _ORGANISATION.fullmatch(place.strip())


def _is_in_capitals(place: str) -> bool:
    letters = [char for char in place if char.isalpha()]
    return len(letters) > 2 and len(place.split()) <= 5 and all(map(str.isupper, letters))
