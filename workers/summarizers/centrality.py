"""How much of an article each of its sentences holds.

Sentences are vectors of TF-IDF weights (sublinear tf, idf counted in the article itself), held
sparsely: 10,000 sentences take a few megabytes and no matrix of sentence by sentence is ever built.
The centrality of a sentence is its mean cosine to all the others, the degree centrality of Erkan
and Radev, "LexRank" (2004), which comes down to one product with the sum of all the vectors.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]


class SentenceVectors:
    """The unit vectors of an article's sentences, in compressed rows.

    ``sentences`` holds the terms of each sentence. A sentence without terms is the zero vector.
    """

    def __init__(self, sentences: Sequence[Sequence[str]]) -> None:
        counts = [Counter(sentence) for sentence in sentences]
        self._vocabulary: dict[str, int] = {}
        for count in counts:
            for term in count:
                self._vocabulary.setdefault(term, len(self._vocabulary))
        self._starts: Integers = np.cumsum([0, *map(len, counts)])
        self._rows: Integers = np.repeat(np.arange(len(counts)), np.diff(self._starts))
        self._columns: Integers = np.fromiter(
            (self._vocabulary[term] for count in counts for term in count), dtype=np.intp
        )
        present = np.bincount(self._columns, minlength=len(self._vocabulary))
        self._idf: Floats = np.log1p(len(counts) / np.maximum(present, 1))
        frequencies = np.fromiter(
            (times for count in counts for times in count.values()), dtype=np.float64
        )
        self._values = self._unit_rows((1 + np.log(frequencies)) * self._idf[self._columns])

    def __len__(self) -> int:
        return len(self._starts) - 1

    def centrality(self) -> Floats:
        """Return each sentence's mean cosine to the others, the greatest scaled to 1."""
        whole = np.bincount(self._columns, weights=self._values, minlength=len(self._vocabulary))
        own = self._per_row(self._values**2)
        return _scaled(self._per_row(self._values * whole[self._columns]) - own)

    def likeness(self, text: Sequence[str]) -> Floats:
        """Return each sentence's cosine to another text's terms, the greatest scaled to 1."""
        vector = np.zeros(len(self._vocabulary))
        for term, times in Counter(text).items():
            if term in self._vocabulary:
                column = self._vocabulary[term]
                vector[column] = (1 + np.log(times)) * self._idf[column]
        return _scaled(self._per_row(self._values * vector[self._columns]))

    def cosines(self, chosen: Sequence[int]) -> Floats:
        """Return the square matrix of the cosines between a few chosen sentences."""
        result = np.zeros((len(chosen), len(chosen)))
        vector = np.zeros(len(self._vocabulary))
        for place, sentence in enumerate(chosen):
            here = slice(self._starts[sentence], self._starts[sentence + 1])
            vector[self._columns[here]] = self._values[here]
            for other_place, other in enumerate(chosen):
                there = slice(self._starts[other], self._starts[other + 1])
                result[place, other_place] = self._values[there] @ vector[self._columns[there]]
            vector[self._columns[here]] = 0
        return result

    def _per_row(self, values: Floats) -> Floats:
        sums: Floats = np.bincount(self._rows, weights=values, minlength=len(self)).astype(float)
        return sums

    def _unit_rows(self, values: Floats) -> Floats:
        lengths = np.sqrt(self._per_row(values**2))
        return values / np.where(lengths == 0, 1, lengths)[self._rows]


def _scaled(values: Floats) -> Floats:
    greatest = values.max(initial=0.0)
    return values / greatest if greatest > 0 else np.zeros_like(values)
