"""The extractive systems that are measured beside each other, all given the same sentences.

sumy's LexRank, TextRank and LSA get the sentences already split, a tokenizer that works for the
three scripts, the Snowball stemmer for the language, and sumy's own stop words. It has none for
Russian, so there the words found in more than one sentence in fifty stand in for them.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sumy.models.dom import ObjectDocumentModel, Paragraph
from sumy.models.dom import Sentence as SumySentence
from sumy.nlp.stemmers import Stemmer
from sumy.summarizers import AbstractSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer
from sumy.utils import get_stop_words

from benchmarks.scores import words
from khabar.languages import FACTS, Language
from training.items import Item
from workers.summarizers.extractive import ExtractiveSummarizer
from workers.text.document import Document, Sentence

OURS = "khabar"
OURS_BLIND = "khabar, no headline"
SUMY = {"LexRank": LexRankSummarizer, "TextRank": TextRankSummarizer, "LSA": LsaSummarizer}
BASELINES = ("lead", *SUMY)
FREQUENT = 50

Positions = tuple[int, ...]
System = Callable[[Item, Language, int], Positions]
"""Chooses so many of an item's body sentences in one language; returns where they stand."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The tokenizer sumy asks for."""

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(words(sentence))


def systems(items: Iterable[Item]) -> dict[str, System]:
    """Return every system by its name; ``items`` serve to find the frequent Russian words."""
    stop_words = {
        Language.ENGLISH: get_stop_words("english"),
        Language.ARABIC: get_stop_words("arabic"),
        Language.RUSSIAN: _frequent(items, Language.RUSSIAN),
    }
    return {
        OURS: lambda item, language, count: ours(item, language, count, headline=True),
        OURS_BLIND: lambda item, language, count: ours(item, language, count, headline=False),
        "lead": lead,
        **{name: _sumy(kind, stop_words) for name, kind in SUMY.items()},
    }


def ours(item: Item, language: Language, count: int, *, headline: bool) -> Positions:
    """Return what the summarizer without weights chooses."""
    document = as_document(item, language, headline=headline)
    chosen = ExtractiveSummarizer().choose(document, count)
    return tuple(place for sentence in chosen for place in sentence.sources)


def lead(item: Item, language: Language, count: int) -> Positions:
    """Return the first sentences."""
    return tuple(range(len(item.body[language])))[:count]


def as_document(item: Item, language: Language, *, headline: bool) -> Document:
    """Return an item as the workers would see it, each sentence a paragraph."""
    sentences: list[Sentence] = []
    start = 0
    for paragraph, text in enumerate(item.body[language]):
        sentences.append(Sentence(text, start, start + len(text), paragraph))
        start += len(text) + 1
    return Document(
        language, item.headlines[language] if headline else None, tuple(sentences), start - 1
    )


def _sumy(kind: type[AbstractSummarizer], stop_words: dict[Language, frozenset[str]]) -> System:
    tokenizer = _Words()
    by_language = {}
    for language in Language:
        by_language[language] = kind(Stemmer(FACTS[language].english_name.lower()))
        by_language[language].stop_words = stop_words[language]

    def choose(item: Item, language: Language, count: int) -> Positions:
        sentences = [SumySentence(text, tokenizer) for text in item.body[language]]
        model = ObjectDocumentModel([Paragraph(sentences)])
        picked = {id(sentence) for sentence in by_language[language](model, count)}
        return tuple(place for place, one in enumerate(sentences) if id(one) in picked)

    return choose


def _frequent(items: Iterable[Item], language: Language) -> frozenset[str]:
    sentences = [set(words(text)) for item in items for text in item.body[language]]
    counts = Counter(word for sentence in sentences for word in sentence)
    return frozenset(word for word, times in counts.items() if times * FREQUENT > len(sentences))
