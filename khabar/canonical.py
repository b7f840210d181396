"""The canonical form of a text: what is hashed, stored, and what every character offset counts.

Two texts that a reader could not tell apart have one canonical form; see docs/article-hash.md.
"""

import re
import unicodedata

from khabar.errors import TextNotUnicode

# Line breaks of UAX #14. Each of them ends a paragraph; "\r\n" leaves an empty one, dropped later.
_BREAKS = "\r\v\f\x85\u2028\u2029"
# A byte-order mark, and the embeddings, overrides and isolates that reorder text on the screen.
_BYTE_ORDER_AND_BIDI = "\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# These only say where a line may be broken: soft hyphen, zero width space, word joiner.
_BREAK_HINTS = "\u00ad\u200b\u2060"
_CONTROLS = "".join(chr(point) for point in (*range(0x20), *range(0x7F, 0xA0)))

_TABLE: dict[int, str | None] = {
    **dict.fromkeys(map(ord, _CONTROLS + _BYTE_ORDER_AND_BIDI + _BREAK_HINTS)),
    **dict.fromkeys(map(ord, _BREAKS), "\n"),
    ord("\n"): "\n",
    ord("\t"): " ",
}

# UAX #15, Stream-Safe Text Format: no natural text has more marks than this on one letter.
_NATURAL_MARKS = 30


def require_unicode(raw: str, field: str) -> None:
    """Raise TextNotUnicode, naming ``field``, where ``raw`` holds a lone surrogate."""
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TextNotUnicode(
            f"Character {error.start} of `{field}` is half of a surrogate pair.",
            field=field,
            given=f"U+{ord(raw[error.start]):04X}",
            hint="Send the text as UTF-8; in JSON, write both halves of the pair.",
        ) from None


def canonical_text(raw: str, field: str = "text") -> str:
    """Return ``raw`` in Unicode NFC, one paragraph a line, white space collapsed.

    Control characters, byte-order marks, bidi embeddings, overrides and isolates, soft hyphens,
    zero width spaces and word joiners are removed; ZWNJ, ZWJ, LRM, RLM and ALM are kept. Every
    line break ends a paragraph; empty paragraphs are dropped. Applying it twice changes nothing.
    Takes time linear in the length. Raises TextNotUnicode, naming ``field``.
    """
    require_unicode(raw, field)
    # Normalising comes last of the two: a removed character may have kept a mark from its letter.
    text = _nfc(raw.translate(_TABLE))
    paragraphs = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(paragraph for paragraph in paragraphs if paragraph)


def canonical_line(raw: str, field: str = "headline") -> str:
    """Return the canonical text of ``raw`` on one line. Raises TextNotUnicode, naming ``field``."""
    return canonical_text(raw, field).replace("\n", " ")


def _nfc(text: str) -> str:
    """Return ``text`` in NFC in linear time.

    ``unicodedata`` sorts the marks of a letter by insertion, which is quadratic; a longer run than
    any language has is therefore sorted here before, which NFC cannot see.
    """
    marks = [
        char for char in set(text) if unicodedata.combining(unicodedata.normalize("NFD", char)[0])
    ]
    if marks:
        run = re.compile(f"[{re.escape(''.join(marks))}]{{{_NATURAL_MARKS + 1},}}")
        text = run.sub(_in_canonical_order, text)
    return unicodedata.normalize("NFC", text)


def _in_canonical_order(run: re.Match[str]) -> str:
    """Return a run of combining marks decomposed, and ordered by combining class."""
    decomposed = "".join(unicodedata.normalize("NFD", mark) for mark in run.group())
    return "".join(sorted(decomposed, key=unicodedata.combining))
