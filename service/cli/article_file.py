"""An article in a file, or on standard input."""

import sys
from pathlib import Path
from typing import TypedDict

from khabar.errors import FieldInvalid

_HTML_SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
STANDARD_INPUT = Path("-")


class ArticleText(TypedDict, total=False):
    """The field of a request that holds an article: one of them."""

    text: str
    html: str


def read_article(path: Path, *, html: bool) -> ArticleText:
    """Return the field of a request that the file fills.

    ``-`` is standard input. A name that ends in .html is HTML without being told. Raises
    FieldInvalid for a file that cannot be read or is not UTF-8.
    """
    try:
        # The byte-order mark that some editors write belongs to the encoding, not to the article.
        content = _bytes_of(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FieldInvalid(
            "The file is not UTF-8.",
            field="FILE",
            given=f"byte {error.start} of {path}",
            hint="Convert it first, such as: iconv -f WINDOWS-1251 -t UTF-8 FILE",
        ) from error
    if html or path.suffix.lower() in _HTML_SUFFIXES:
        return {"html": content}
    return {"text": content}


def _bytes_of(path: Path) -> bytes:
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise FieldInvalid(
            f"The file cannot be read: {error.strerror}.", field="FILE", given=str(path)
        ) from error
