"""Russian-Arabic pairs from two translations of the same English sentence."""

from collections.abc import Iterable, Iterator

from khabar.languages import Language
from training.pairs import TextPair

# A single word has many meanings, and two dictionaries need not give the same one.
NOT_JOINED = frozenset({"wiktionary"})


def join_by_english(pairs: Iterable[TextPair]) -> Iterator[TextPair]:
    """Yield a pair for each English text that has a Russian and an Arabic translation.

    It is said to be of the source of the Arabic one. Only the first Russian translation counts.
    """
    russian: dict[str, str] = {}
    arabic: list[TextPair] = []
    for pair in pairs:
        if pair.first is not Language.ENGLISH or pair.source in NOT_JOINED:
            continue
        if pair.second is Language.RUSSIAN:
            russian.setdefault(pair.first_text, pair.second_text)
        else:
            arabic.append(pair)
    for pair in arabic:
        if found := russian.get(pair.first_text):
            yield TextPair(pair.source, Language.RUSSIAN, Language.ARABIC, found, pair.second_text)
