"""Twice the text takes about twice the time, whatever the text is made of."""

import itertools
import time
from collections.abc import Callable

import pytest

from khabar.canonical import canonical_line, canonical_text
from khabar.languages import Language
from khabar.markup import html_to_text
from workers.text.prepare import prepare

# Quadratic work would take 16 times as long for 4 times the input, linear work 4 times.
_FACTOR = 4
_MOST_TIMES_LONGER = 9
# Faster than this, even quadratic work would be done with the largest article in minutes.
_FAST_SECONDS = 0.02
_CHARACTERS = 10_000

MARKUP = (
    "<", ">", "&", "&amp", "&#x", "<a", "</a", "<a>", "</a>", "<!--", "<!---->", "<![CDATA[",
    "<?", "<p ", "<p a=", "<p a='", "<div>", "</div>", "<b><i></b></i>", "<table><tr><td>",
    "<svg><math>", "<select><option>", "<script>", "</script", "<header>", "<article>",
    "<article></article>", "<pre>\n", "<p hidden>", "<li>", "<button>", "<body>", "<html>",
    "<form>", "<h1><p>", "<font>", "\0", "]]>", "<nav></p>", "<q>",
)  # fmt: skip

TEXT = (
    ".", ". ", "? ", "!", "a", "A", "a ", "A. ", '"', '" ', "“", "”", "«", "»", "(", ")", "'",
    "’ ", "-", "— ", "/", "/ ", "©", "s ", " s ", "I m ", "n t ", "1", "1 ", "1.", "1,", "г. ",
    "А.", "ا", "ا. ", "؟ ", "،", "...", "e.g. ", "Mr. ", "\n", "a\n", "a.\n", "A b c\n", "By A ",
    "(Reporting by ", "(c) ", "ends ", "AFP ", "/AFP/ ", "LONDON - ", "--", "\u0301",
    "\u0323\u0301", "\u0600", "\u200d", "\ud7a3", "\U0001f468\u200d", "\u1100\u1161",
    "http://a.b/", "a@b.c ", "[1] ", "#", "*", "\t", "read more: ", "march ", "12:30 ",
    "(" + "a" * 40,
)  # fmt: skip


def seconds(work: Callable[[str], object], text: str) -> float:
    """Return the shorter of two runs: the longer met something else."""
    took = []
    for _ in range(2):
        began = time.process_time()
        work(text)
        took.append(time.process_time() - began)
    return min(took)


def times_longer(work: Callable[[str], object], piece: str) -> float:
    """Return how much longer ``_FACTOR`` times as many pieces take, or 0 if they take none."""
    text = piece * (_CHARACTERS // len(piece))
    once = seconds(work, text)
    return 0.0 if once < _FAST_SECONDS else seconds(work, text * _FACTOR) / once


@pytest.mark.parametrize("piece", MARKUP)
def test_markup(piece: str):
    assert times_longer(html_to_text, piece) < _MOST_TIMES_LONGER


@pytest.mark.parametrize("piece", TEXT)
def test_canonical_form(piece: str):
    assert times_longer(canonical_text, piece) < _MOST_TIMES_LONGER
    assert times_longer(canonical_line, piece) < _MOST_TIMES_LONGER


@pytest.mark.parametrize(("piece", "language"), list(zip(TEXT, itertools.cycle(Language))))
def test_documents(piece: str, language: Language):
    def whole(text: str) -> object:
        return prepare(canonical_text(f"Title\n{text}") or "a", None, language)

    assert times_longer(whole, piece) < _MOST_TIMES_LONGER


def test_the_measure_sees_what_is_quadratic():
    def quadratic(text: str) -> None:
        for end in range(len(text)):
            for _ in text[:end:4]:
                pass

    assert times_longer(quadratic, "a") > _MOST_TIMES_LONGER
