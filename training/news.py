"""The newsbank as training text: sentences, headlines, summaries, and pairs of sentences."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise

from khabar.languages import Language
from training.forms import without_arabic_signs
from training.items import CLOSE, COLUMNS, Item
from training.pairs import TRAIN, VALIDATION, TextPair

Triple = Mapping[Language, str]

SENTENCES, HEADLINES, DOCUMENTS = "news", "headline", "document"
NEWS = frozenset({SENTENCES, CLOSE})
"""What sentences of news are called as a source."""
VALIDATION_SHARE = 25
"""One training item in this many is watched during training and not learnt from."""


def watched(item: Item) -> bool:
    """Tell whether the item is for validation: which weights to keep may hang on it.

    It is chosen as the held-out tenth is, by other bytes of the sum, so that the two choices have
    nothing to do with each other.
    """
    key = item.headlines.get(Language.ENGLISH) or item.body[Language.ENGLISH][0]
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    return int.from_bytes(digest[8:16], "big") % VALIDATION_SHARE == 0


def sentences(item: Item) -> list[Triple]:
    """Return the sentences of the body and of the summary, in order."""
    return [*_triples(item.body), *_triples(item.summary)]


def headlines(item: Item) -> list[Triple]:
    """Return the headline, where there is one."""
    return [item.headlines] if item.headlines else []


def documents(item: Item) -> list[Triple]:
    """Return every two sentences that follow each other in the body, and the whole summary.

    A list of briefs is no text: its sentences have nothing to do with each other.
    """
    if not item.headlines:
        return []
    body = _triples(item.body)
    joined = [_join(pair) for pair in pairwise(body)]
    summary = _triples(item.summary)
    return [*joined, _join(summary)] if summary else joined


def news_pairs(items: Iterable[Item]) -> Iterator[TextPair]:
    """Yield the pairs of all items, each of them said to be for training or for validation."""
    for item in items:
        split = VALIDATION if watched(item) else TRAIN
        kinds = {
            CLOSE if item.close else SENTENCES: sentences,
            HEADLINES: headlines,
            DOCUMENTS: documents,
        }
        for source, triples in kinds.items():
            for triple in triples(item):
                yield from triple_pairs(source, triple, split)


def triple_pairs(source: str, triple: Triple, split: str = TRAIN) -> Iterator[TextPair]:
    """Yield the three pairs of one text in three languages, Arabic as agencies write it."""
    texts = {**triple, Language.ARABIC: without_arabic_signs(triple[Language.ARABIC])}
    for first, second in combinations(COLUMNS, 2):
        yield TextPair(source, first, second, texts[first], texts[second], split=split)


def _triples(columns: Mapping[Language, tuple[str, ...]]) -> list[Triple]:
    rows = zip(*(columns[language] for language in COLUMNS), strict=True)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows]


def _join(triples: Iterable[Triple]) -> Triple:
    parts = list(triples)
    return {language: " ".join(part[language] for part in parts) for language in COLUMNS}
