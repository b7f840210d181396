"""Lines that came with the story and are no part of it: headers, notices, sign-offs."""

import re
from collections.abc import Sequence

from workers.text import newswire_words as words
from workers.text.paragraphs import CLOSERS, ends_sentence, is_wrapped
from workers.text.spans import Span

# A header stands within this many lines of the top.
_HEADER_LINES = 8
_MAX_HEADLINE_CHARACTERS = 200
# A notice or sign-off is never longer.
_MAX_NOTICE_CHARACTERS = 300

# A date, an hour, and what may stand between them, up to the end of the line.
_DATE_PART = (
    rf"(?:[\d\s,./:|()+–—-]|{words.MONTHS}[^\W\d_]*|\b{words.WEEKDAYS}\b|{words.CLOCK}(?!\w)"
    rf"|\b(?:on|at|в|في|بتاريخ)\b)"
)
# "Last updated on: 20 March,2019 07:57 am", "Обновлено в 12:40".
_DATED = re.compile(rf"{words.UPDATED}\b{_DATE_PART}{{0,60}}$", re.IGNORECASE)
_DATE_ONLY = re.compile(rf"(?=\D{{0,40}}\d){_DATE_PART}{{1,60}}$", re.IGNORECASE)
# Who wrote it: "By Jane Doe", "Автор: Иван Петров", "Reuters Staff".
_NAME = (
    r"(?:(?:[a-z]{1,4}-)?[A-Z][\w.'’-]*,?|and|in|of|for|the|al|el|bin|ibn|van|von|der|den|de|da|di"
    r"|del|la|le|[|,&])"
)
_BYLINE = re.compile(
    rf"(?:By {_NAME}(?: {_NAME}){{0,11}}"
    rf"|{words.CREDITS} ?: ?[^.!?؟]{{1,100}}"
    rf"|(?:{words.AGENCIES}|{words.NEWSROOMS})(?: (?:Staff|Desk|Report|News))?)$"
)
# What points elsewhere, and notices, anywhere in the story.
_NOTICE = re.compile(
    rf"(?:{words.POINTERS}(?: ?[:|>»→-].*|[^.!?؟]{{0,30}})"
    rf"|(?:{words.ADVERTISEMENTS}|\(?{words.ENDINGS}\)?)\.?"
    rf"|[^\w©(]{{0,10}}{words.RIGHTS}.*)$",
    re.IGNORECASE,
)
# Who reported and edited, at the end of the last line or alone on it.
_SIGN_OFF = re.compile(
    rf"\s*(?:[(\[]\s*{words.DESK_WORK}[^()\[\]]{{0,250}}(?:\([^()]{{0,40}}\)[^()\[\]]{{0,100}})?[)\]]"
    rf"|{words.COPYRIGHT}.{{0,120}}"
    rf"|--? ?{words.END_TAGS}"
    rf"|\({words.ENDINGS}\)|[-–—/]\s?انتهى\s?[-–—/]?)\s*[-.–—/]*$",
    re.IGNORECASE,
)
# A story has an agency's tag, an editor's line and a copyright line below it, hardly more.
_MAX_SIGN_OFFS = 4
_WORDS = re.compile(r"\w+")
_TELLING_LETTERS = 4
_FULL_STOPS = (".", "…", "۔")


def take_header(
    body: str, lines: Sequence[Span], headline: str | None
) -> tuple[list[Span], str | None]:
    """Return the lines below the header, and the headline found in it, if none was given.

    A header is the headline, alone or repeated, the byline and the dates, above the first sentence.
    """
    texts = [line.of(body) for line in lines]
    found: str | None = None
    kept: list[Span] = []
    for number, text in enumerate(texts[:_HEADER_LINES]):
        if is_header_line(text):
            continue
        if not kept and _is_headline(texts, number, headline or found):
            found = found or text
            continue
        kept.append(lines[number])
    return kept + list(lines[_HEADER_LINES:]), None if headline else found


def is_header_line(line: str) -> bool:
    """Tell whether a line only says when and by whom the story was published."""
    if len(line) > _MAX_NOTICE_CHARACTERS:
        return False
    return any(pattern.match(line) for pattern in (_DATED, _DATE_ONLY, _BYLINE))


def drop_notices(body: str, lines: Sequence[Span]) -> list[Span]:
    """Return the lines without pointers elsewhere, copyright notices and sign-offs."""
    kept = []
    for line in lines:
        text = line.of(body)
        if len(text) <= _MAX_NOTICE_CHARACTERS and _NOTICE.match(text):
            continue
        trimmed = Span(line.start, line.end - _sign_off_length(text)).trimmed(body)
        if trimmed.start < trimmed.end:
            kept.append(trimmed)
    return kept


def _sign_off_length(line: str) -> int:
    """Return how many characters at the end of a line are sign-offs."""
    end = len(line)
    for _ in range(_MAX_SIGN_OFFS):
        start = max(0, end - _MAX_NOTICE_CHARACTERS)
        match = _SIGN_OFF.search(line[start:end])
        if match is None:
            break
        end = start + match.start()
    return len(line) - end


def _is_headline(texts: Sequence[str], number: int, headline: str | None) -> bool:
    """Tell whether line ``number``, at the top, is a headline: the one known, or a new one."""
    line = texts[number]
    following = texts[number + 1 :]
    if headline is not None and _same_words(line, headline):
        return True
    if len(line) > _MAX_HEADLINE_CHARACTERS or not any(
        map(ends_sentence, following[:_HEADER_LINES])
    ):
        return False
    if following and is_header_line(following[0]):
        # A lead may stand above the credit of its picture; a headline has no full stop.
        return not line.rstrip(CLOSERS).endswith(_FULL_STOPS)
    if ends_sentence(line) or following[0][0].islower() or is_wrapped(texts[number:]):
        return False
    # A second headline below the first is a standfirst, and may say what no other sentence says;
    # and a first line that is not like the headline sent may be a lead without a full stop.
    return headline is None or (number == 0 and _alike(line, headline))


def _alike(line: str, other: str) -> bool:
    words = {word for word in _WORDS.findall(line.casefold()) if len(word) >= _TELLING_LETTERS}
    return not words.isdisjoint(_WORDS.findall(other.casefold()))


def _same_words(line: str, other: str) -> bool:
    return _WORDS.findall(line.casefold()) == _WORDS.findall(other.casefold())
