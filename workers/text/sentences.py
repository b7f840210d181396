"""Sentences, and where each of them stands.

sentencex proposes the borders; what it does not know of Russian and Arabic newswire is mended here
(docs/decisions/0002-sentence-splitting.md).
"""

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries  # type: ignore[import-untyped]

from khabar.languages import Language
from workers.text.spans import Span

# sentencex takes quadratic time where quotation marks stay open, so it never sees more at once. A
# sentence of this length would not fit into any model either, and is cut.
_WINDOW_CHARACTERS = 4_000
# As much as a rule looks at on either side of a border.
_CONTEXT_CHARACTERS = 40

# Abbreviations that a name or a number follows, so that none of them ends a sentence.
_RUSSIAN_ABBREVIATIONS = (
    "акад адм ген гл гр дер доп доц им инж кап каф корр маш обл оф пл полк пос пр преп просп проф "
    "рис св см ср ст стр сэр тел тов ул фиг"
)
_NEVER_LAST = {
    Language.ENGLISH: frozenset({"eng"}),
    Language.RUSSIAN: frozenset(_RUSSIAN_ABBREVIATIONS.split()),
}
_LAST_WORD = re.compile(r"([^\W\d_]+)\.$")
# What ends in a full stop, and what comes after it, where the sentence goes on. Names of foreigners
# are shortened to two letters in Russian, and to a letter's name in Arabic (but "بي بي سي" is one).
_UNBROKEN: dict[Language, tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]] = {
    Language.ENGLISH: (
        (
            re.compile(r"\b[ap]\.m\.$", re.IGNORECASE),
            re.compile(
                r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|GMT|UTC|[ECMP][SD]?T|BST|CET"
                r"|Eastern|Central|Mountain|Pacific|Moscow|London|Beijing)\b"
            ),
        ),
    ),
    Language.RUSSIAN: (
        (
            re.compile(r"(?:^|[\s(«.])(?:Дж|Дз|Ст|Эд|Ал|Вл|Юр|[БЕЁЙХЦШЩЭЮЯ])\.$"),
            re.compile(r"[А-ЯЁ]"),
        ),
        (re.compile(r"\bт\.\s?[екн]\.$"), re.compile(r"\w")),
    ),
    Language.ARABIC: (
        (
            re.compile(
                r"(?:^|[\s(.])(?:[\u0621-\u064a]|(?<!بي )(?<!إن )(?<!سي )(?<!إس )(?<!تي )(?<!آر )"
                r"(?:جيه|جي|دي|إس|بي|تي|آر|إتش|كيه|إم|إن|إف|سي|إل))\.$"
            ),
            re.compile(r"\S"),
        ),
    ),
}
# A lower-case letter goes on with the sentence, but "iPhone" or "eBay" begins one.
_GOES_ON = re.compile(r"(?:[—–-]\s+)?[a-zа-яё](?![A-ZА-ЯЁ])|-\w")
_CLOSING = re.compile(r"[»”’)\]}]|\"(?=\s|$)")
_QUESTION_QUOTED = re.compile(r"[?؟!][\"»”]$")
# Verbs that follow a quotation at once and name its speaker.
_ARABIC_SPEECH = re.compile(
    r"(?:قال|قالت|سأل|سألت|يسأل|تسأل|تساءل|تساءلت|صاح|صاحت|صرخ|هتف|رد|ردت|أجاب|أجابت|أضاف|أضافت|يقول"
    r"|تقول|كتب|كتبت)\b"
)


def split_sentences(text: str, language: Language) -> list[Span]:
    """Return the sentences of one paragraph, in order, without the white space around them.

    The spans do not overlap and leave out nothing but white space. Takes linear time.
    """
    spans: list[Span] = []
    start = 0
    quotes = 0
    for piece in _pieces(text, language):
        quotes += piece.of(text).count('"')
        if piece.end < len(text) and _joins(text, piece.end, language, quote_open=quotes % 2 == 1):
            continue
        spans.append(Span(start, piece.end).trimmed(text))
        start = piece.end
        quotes = 0
    return [span for span in spans if span.start < span.end]


def _pieces(text: str, language: Language) -> Iterator[Span]:
    """Yield the stretches between the borders that sentencex proposes."""
    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW_CHARACTERS]
        ends = [border["end_index"] for border in get_sentence_boundaries(language, window)]
        if start + len(window) < len(text):
            # The last stretch was cut by the window: it is looked at again with what follows.
            ends = ends[:-1] or [window.rfind(" ") + 1 or len(window)]
        position = start
        for end in ends or [len(window)]:
            yield Span(position, start + end)
            position = start + end
        start = position


def _joins(text: str, border: int, language: Language, *, quote_open: bool) -> bool:
    """Tell whether the sentence goes on after ``border``."""
    before = text[max(0, border - _CONTEXT_CHARACTERS) : border].rstrip()
    after = text[border : border + _CONTEXT_CHARACTERS].lstrip()
    closing = _CLOSING.match(after)
    if closing and (closing.group() != '"' or quote_open):
        return True
    if _GOES_ON.match(after):
        return True
    if any(end.search(before) and go_on.match(after) for end, go_on in _UNBROKEN[language]):
        return True
    if language is Language.ARABIC:
        return bool(_QUESTION_QUOTED.search(before) and _ARABIC_SPEECH.match(after))
    word = _LAST_WORD.search(before)
    return bool(word and word.group(1).lower() in _NEVER_LAST[language])
