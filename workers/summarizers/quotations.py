"""Quotation marks and brackets: whether they close, and what stands inside them."""

import re

PAIRS = {"«": "»", "“": "”", "(": ")", "[": "]"}
LOW_OPENER = "„"
STRAIGHT = '"'
QUOTED = re.compile(r'"[^"]*"|«[^»]*»|“[^”]*”|„[^“”]*[“”]')


def balanced(text: str) -> bool:
    """Tell whether every quotation mark and bracket in ``text`` has its fellow.

    Single quotation marks are left out: they cannot be told from apostrophes.
    """
    if LOW_OPENER in text:
        text = QUOTED.sub("", text)
    if text.count(STRAIGHT) % 2 or LOW_OPENER in text:
        return False
    awaited: list[str] = []
    for mark in text:
        if mark in PAIRS:
            awaited.append(PAIRS[mark])
        elif mark in PAIRS.values() and (not awaited or awaited.pop() != mark):
            return False
    return not awaited


def unquoted(text: str) -> str:
    """Return ``text`` without its quotations."""
    return QUOTED.sub(" ", text)


def quoted_share(text: str) -> float:
    """Return how much of ``text`` stands in quotation marks, from 0 to 1."""
    return sum(map(len, QUOTED.findall(text))) / max(len(text), 1)
