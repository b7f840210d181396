"""A summary out of the article's own sentences: it needs no model and no weights to fetch."""

from collections.abc import Sequence

from khabar.errors import NothingToSummarise
from khabar.summary import Length, ModelUse
from workers.protocols import Draft, DraftSentence
from workers.summarizers.centrality import SentenceVectors
from workers.summarizers.headline import headline_from
from workers.summarizers.lengths import COUNTS
from workers.summarizers.reading import read
from workers.summarizers.scoring import TUNED, Weights, scores
from workers.summarizers.selection import choose
from workers.summarizers.standalone import Standing
from workers.summarizers.trimming import without_leading_and
from workers.text.document import Document
from workers.text.words import terms


class ExtractiveSummarizer:
    """Chooses the sentences that hold most of an article and can be read without the rest."""

    def __init__(self, weights: Weights = TUNED) -> None:
        self._weights = weights

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """No model takes part."""
        return ()

    def summarise(self, document: Document, length: Length) -> Draft:
        """Return the best sentences, in the order of the article.

        Raises NothingToSummarise if no sentence has a letter or digit in it.
        """
        article = _Article(document, self._weights)
        sentences = article.draft(COUNTS[length](article.different))
        headline = document.headline or headline_from(article.draft(1)[0].text, document.language)
        return Draft(headline, sentences, sentences_read=len(document.sentences))

    def choose(self, document: Document, count: int) -> tuple[DraftSentence, ...]:
        """Return the best ``count`` sentences; fewer where no more can be read together.

        Raises NothingToSummarise as ``summarise`` does.
        """
        return _Article(document, self._weights).draft(count)


class _Article:
    """A document's sentences, read and weighed once for every question about it."""

    def __init__(self, document: Document, weights: Weights) -> None:
        self._language = document.language
        self._weights = weights
        self._readings = read(document)
        self._standings = [reading.standing for reading in self._readings]
        self._vectors = SentenceVectors([reading.terms for reading in self._readings])
        self._scores = scores(
            self._readings, self._vectors, terms(document.headline or "", self._language), weights
        )
        self.different = sum(not reading.repeated for reading in self._readings)
        if not self.different:
            raise NothingToSummarise("No sentence of the article holds a word.")

    def best(self, count: int) -> tuple[int, ...]:
        """Return the positions of the best sentences, in order."""
        return self._choose(self._standings, count) or self._choose(self._lenient(), count=1)

    def draft(self, count: int) -> tuple[DraftSentence, ...]:
        """Return the best sentences as they read beside each other."""
        chosen = self.best(count)
        return tuple(
            DraftSentence(self._shown(position, chosen[:place]), sources=(position,))
            for place, position in enumerate(chosen)
        )

    def _choose(self, standings: Sequence[Standing], count: int) -> tuple[int, ...]:
        return choose(self._scores, self._vectors, standings, count, self._weights.redundancy)

    def _lenient(self) -> list[Standing]:
        """Let any sentence pass that has words: a poor summary is better than none."""
        return [Standing.UNFIT if reading.repeated else Standing.FREE for reading in self._readings]

    def _shown(self, position: int, before: Sequence[int]) -> str:
        reading = self._readings[position]
        if not before and position > 0:
            # No article begins with "and": there it is a part of the word.
            return without_leading_and(reading.alone, self._language)
        follows = bool(before) and before[-1] == position - 1
        return reading.text if follows else reading.alone
