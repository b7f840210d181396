"""Names that a translation must keep: those of places, of their peoples and of known persons.

Terms, titles, organizations and events can be said in many ways, and given names are common words
in Arabic: of those none is demanded. Nor is a name that looks like another word of its language,
such as "Van", "По" and "ليل".
"""

from functools import cache

from khabar.languages import Language
from workers.gazetteer.entries import Entry, read_data
from workers.gazetteer.finder import Found
from workers.gazetteer.forms import key
from workers.gazetteer.kinship import kin

_PLACES = frozenset({"country", "capital", "city", "region", "water"})
_NAMES = _PLACES | {"person"}
_PEOPLE = "demonym"

_SHORTEST_ARABIC = 4
"""Letters of an Arabic name of one word; nearly all that are shorter are words of their own."""


def is_demanded(found: Found, language: Language) -> bool:
    """Tell whether what stands in a text of this language is a name for certain."""
    return any(_is_name(entry) for entry in found.entries) and not any(
        _is_ambiguous(entry, language) for entry in found.entries
    )


def _is_name(entry: Entry) -> bool:
    if entry.kind == _PEOPLE:
        return any(other.kind in _PLACES for other in kin()[entry])
    return entry.kind in _NAMES


def _is_ambiguous(entry: Entry, language: Language) -> bool:
    form = entry.forms[language]
    short = (
        language is Language.ARABIC
        and " " not in form
        and entry.kind != "country"
        and len(key(form, language)) < _SHORTEST_ARABIC
    )
    return short or form in _ambiguous_forms()[language]


@cache
def _ambiguous_forms() -> dict[Language, frozenset[str]]:
    """Read what ``python -m benchmarks.ambiguous_names`` printed."""
    rows = [line.split("\t") for line in read_data("ambiguous_names.tsv")]
    return {
        language: frozenset(form for code, form in rows if code == language)
        for language in Language
    }
