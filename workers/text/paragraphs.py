"""Lines of the body, and the paragraphs they make where a paragraph was broken into lines."""

import re
from collections.abc import Sequence
from itertools import pairwise

from workers.text.spans import Span

# Closing marks may stand between the end of a sentence and the end of its line.
CLOSERS = "\"'»”’)]"
TERMINAL = ".!?…؟۔:;"

# A text is hard-wrapped if most lines end within a sentence, the longest is as e-mail or telex had
# them, and nearly each that goes on had no room for the first word of the next; where
# there are capitals, most of the next begin without one.
_MIN_WRAPPED_LINES = 4
_MIN_WRAPPED_CHARACTERS = 50
_MAX_WRAPPED_CHARACTERS = 120
_WRAPPED_SHARE = 0.5
_NO_ROOM_SHARE = 0.8
_LOWER_SHARE = 0.5
# A line this much shorter than the longest was not broken for want of room.
_FULL_LINE_SHARE = 0.6

# Not "iPhone" nor "al-Shabaab".
_LOWER_CASE = re.compile(r"[a-zа-яё](?!\w{0,3}-?[A-ZА-ЯЁ])")
# Arabic has no capitals: a line goes on if it ends with a comma or with a word that needs another.
_ARABIC_UNFINISHED = re.compile(
    r"(?:،|(?:^|\s)(?:في|من|على|إلى|عن|أن|إن|التي|الذي|الذين|مع|بين|بعد|قبل|خلال|أو|ثم|كما|لا|لم|لن"
    r"|قد|هذا|هذه|ذلك|تلك|كل|غير|حول|ضد|عند|منذ|حتى))$"
)


def split_lines(body: str) -> list[Span]:
    """Return the lines of a canonical body."""
    spans = []
    start = 0
    for line in body.split("\n"):
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    return [span for span in spans if span.start < span.end]


def ends_sentence(line: str) -> bool:
    """Tell whether a line ends with the end of a sentence, closing quotation marks aside."""
    return line.rstrip(CLOSERS).endswith(tuple(TERMINAL))


def is_wrapped(lines: Sequence[str]) -> bool:
    """Tell whether a text was broken into lines of a fixed width."""
    width = max(map(len, lines), default=0)
    if len(lines) < _MIN_WRAPPED_LINES:
        return False
    if not _MIN_WRAPPED_CHARACTERS <= width <= _MAX_WRAPPED_CHARACTERS:
        return False
    broken = [pair for pair in pairwise(lines) if not ends_sentence(pair[0])]
    if len(broken) < _WRAPPED_SHARE * (len(lines) - 1) or not broken:
        return False
    no_room = sum(len(line) + 1 + len(after.partition(" ")[0]) > width for line, after in broken)
    lower = sum(bool(_LOWER_CASE.match(after)) for _, after in broken)
    cased = any(char.isupper() for line in lines for char in line)
    return no_room >= _NO_ROOM_SHARE * len(broken) and (
        not cased or lower >= _LOWER_SHARE * len(broken)
    )


def join_lines(body: str, lines: Sequence[Span]) -> list[Span]:
    """Return paragraphs: lines, joined where a sentence goes on from one to the next.

    Lines that do not follow each other in ``body`` are never joined.
    """
    texts = [line.of(body) for line in lines]
    full = _FULL_LINE_SHARE * max(map(len, texts), default=0) if is_wrapped(texts) else None
    paragraphs: list[Span] = []
    for number, line in enumerate(lines):
        follows = number > 0 and lines[number - 1].end + 1 == line.start
        if follows and _goes_on(texts[number - 1], texts[number], full):
            paragraphs[-1] = Span(paragraphs[-1].start, line.end)
        else:
            paragraphs.append(line)
    return paragraphs


def _goes_on(line: str, following: str, full: float | None) -> bool:
    """Tell whether a sentence runs from ``line`` into ``following``.

    ``full`` is the length from which a line of a hard-wrapped text counts as full.
    """
    if ends_sentence(line):
        return False
    if _LOWER_CASE.match(following) or _ARABIC_UNFINISHED.search(line[-40:]):
        return True
    return full is not None and len(line) >= full
