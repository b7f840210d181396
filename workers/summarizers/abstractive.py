"""A summary in new words, written by a sequence-to-sequence model.

An article that is longer than the model reads at once is summarised in parts, and the summaries of
the parts are summarised once more; where they are too long for that, the best of their sentences
are chosen.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from math import ceil

from khabar.errors import EngineFailed, ModelMissing, NothingToSummarise
from khabar.languages import Language
from khabar.summary import Length, ModelUse
from workers.protocols import Decoding, Draft, DraftSentence, Engine
from workers.provenance.alignment import align
from workers.summarizers.extractive import ExtractiveSummarizer
from workers.summarizers.headline import headline_from
from workers.summarizers.lengths import COUNTS
from workers.summarizers.parts import Fits, split_evenly, split_parts
from workers.summarizers.repetition import repeated
from workers.summarizers.writing import Writer
from workers.text.document import Document, Sentence
from workers.text.words import terms

MOST_PARTS = 32
"""Parts that are read of one article; with 1,024 tokens each, about 100 KB of English."""

TOKENS = {Length.HEADLINE: 64, Length.SHORT: 128, Length.LONG: 256}
"""The most tokens of one summary, unless the recipe's own limit is lower."""

ENOUGH = 2 / 3
"""A summary with this part of the sentences that are wanted is long enough."""


class AbstractiveSummarizer:
    """Has a model write the summary, and finds the sentences of the article that it rests on.

    ``engine`` writes in each of ``languages``. ``fits`` tells whether it reads a text at once.
    """

    def __init__(
        self,
        engine: Engine,
        languages: Collection[Language],
        models: tuple[ModelUse, ...],
        decoding: Decoding,
        *,
        fits: Fits,
        most_parts: int = MOST_PARTS,
    ) -> None:
        self._engine = engine
        self._languages = frozenset(languages)
        self._models = models
        self._decoding = decoding
        self._fits = fits
        self._most_parts = most_parts

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The models that take part."""
        return self._models

    def summarise(self, document: Document, length: Length) -> Draft:
        """Return a draft of the asked length; it may have fewer sentences, never more.

        Raises NothingToSummarise if no sentence has a word, ModelMissing for a language the model
        does not write, and EngineFailed, also where the model wrote no whole sentence.
        """
        self._require(document.language)
        texts = [s.text for s in document.sentences if terms(s.text, document.language)]
        if not texts:
            raise NothingToSummarise("No sentence of the article holds a word.")
        parts = split_parts([s.text for s in document.sentences], self._fits, self._most_parts)
        read = parts[-1].end
        writer = Writer(self._engine, document.language, self._decoding, TOKENS[length])
        wanted = COUNTS[length](len(texts))
        if len(parts) == 1:
            written = self._at_once(texts, wanted, writer)
        else:
            written = self._in_parts([part.text for part in parts], wanted, writer)
        return _draft(written[:wanted], document, read)

    def _require(self, language: Language) -> None:
        if language not in self._languages:
            raise ModelMissing(
                "The recipe has no model that summarises in this language.",
                field="recipe",
                given=language.value,
                hint="Ask with another recipe: GET /v1/recipes lists them.",
            )

    def _at_once(self, texts: Sequence[str], wanted: int, writer: Writer) -> list[str]:
        """Summarise what fits; where that is too short, summarise it once more in parts."""
        written = _distinct(writer.write([" ".join(texts)]), writer.language)
        count = ceil(wanted / max(1, len(written)))
        if len(written) >= ENOUGH * wanted or len(texts) < 2 * count:
            return written
        runs = [" ".join(run) for run in split_evenly(texts, count)]
        each = ceil(wanted / count)
        longer = _distinct((found[:each] for found in writer.write(runs)), writer.language)
        return longer if len(longer) > len(written) else written

    def _in_parts(self, texts: Sequence[str], wanted: int, writer: Writer) -> list[str]:
        found = _distinct(writer.write(texts), writer.language)
        joined = " ".join(found)
        if len(found) > wanted and self._fits(joined):
            merged = _distinct(writer.write([joined]), writer.language)
            if len(merged) >= ENOUGH * wanted:
                return merged
        return _best(found, wanted, writer.language)


def _distinct(written: Iterable[Sequence[str]], language: Language) -> list[str]:
    """Return all sentences in order, without those that say again what another one says."""
    sentences = list(chain.from_iterable(written))
    again = repeated([terms(sentence, language) for sentence in sentences])
    return [sentence for place, sentence in enumerate(sentences) if place not in again]


def _best(sentences: Sequence[str], count: int, language: Language) -> list[str]:
    if len(sentences) <= count:
        return list(sentences)
    draft = ExtractiveSummarizer().choose(_as_document(sentences, language), count)
    return [sentence.text for sentence in draft]


def _as_document(sentences: Sequence[str], language: Language) -> Document:
    """Return a document of sentences that come from no article, one paragraph each."""
    ends = list(accumulate(len(sentence) + 1 for sentence in sentences))
    made = tuple(
        Sentence(text, end - len(text) - 1, end - 1, paragraph)
        for paragraph, (text, end) in enumerate(zip(sentences, ends, strict=True))
    )
    return Document(language, None, made, sum(map(len, sentences)) + max(0, len(sentences) - 1))


def _draft(sentences: Sequence[str], document: Document, read: int) -> Draft:
    if not sentences:
        raise EngineFailed(
            "The model wrote no whole sentence.",
            hint="Raise max_length of the recipe's summarizer, or choose another recipe.",
        )
    sources = align(sentences, replace(document, sentences=document.sentences[:read]))
    headline = document.headline or headline_from(sentences[0], document.language)
    return Draft(headline, tuple(map(DraftSentence, sentences, sources)), read)
