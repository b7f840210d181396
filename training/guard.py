"""Nothing that is kept for evaluation may be trained on; this is what makes sure of it."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from khabar.languages import Language
from training.forms import bare_words
from training.items import COLUMNS, Item
from training.pairs import read_pairs

SUFFIX = ".dev.tsv"


class EvaluationLeak(ValueError):
    """A text kept for evaluation stands in the training data."""


@dataclass(frozen=True, slots=True)
class EvaluationGuard:
    """Knows every kept sentence, and every run of ``run_words`` words of one.

    Case, punctuation, vowel signs, spelling of hamza and ё, and the kind of digits make no
    difference, so that a noisy copy is found as surely as the sentence itself.
    """

    run_words: int
    sentences: frozenset[str]
    runs: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str], run_words: int) -> Self:
        """Make a guard for these texts."""
        words = [found for text in texts if (found := bare_words(text))]
        sentences = frozenset(" ".join(found) for found in words)
        runs = frozenset(run for found in words for run in _runs(found, run_words))
        return cls(run_words, sentences, runs)

    def refuses(self, text: str) -> bool:
        """Tell whether the text is a kept one, or shares a long run of words with one."""
        return self.refuses_words(bare_words(text))

    def refuses_words(self, words: list[str]) -> bool:
        """Tell the same of a text whose bare words are known."""
        if " ".join(words) in self.sentences:
            return True
        return any(run in self.runs for run in _runs(words, self.run_words))


def read_evaluation(folder: Path) -> dict[str, list[dict[Language, str]]]:
    """Return the sets of a folder by name: each a list of sentences in the three languages."""
    return {
        path.name.removesuffix(SUFFIX): list(_rows(path))
        for path in sorted(folder.glob("*" + SUFFIX))
    }


def kept_texts(folder: Path, held_out_items: Iterable[Item]) -> Iterator[str]:
    """Yield every sentence of the evaluation sets and of the news items that are held out."""
    for rows in read_evaluation(folder).values():
        for row in rows:
            yield from row.values()
    for item in held_out_items:
        yield from item.headlines.values()
        for column in (*item.body.values(), *item.summary.values()):
            yield from column


def prove_nothing_leaked(pairs: Path, guard: EvaluationGuard) -> int:
    """Read a written file of pairs again and return how many texts were looked at.

    Raises EvaluationLeak with the line at fault. This is independent of what was filtered
    before: it looks at what will in fact be trained on.
    """
    looked_at = 0
    for number, pair in enumerate(read_pairs(pairs), start=1):
        for text in (pair.first_text, pair.second_text):
            looked_at += 1
            if guard.refuses(text):
                raise EvaluationLeak(f"{pairs.name}, line {number}: kept for evaluation.")
    return looked_at


def _runs(words: list[str], length: int) -> Iterator[str]:
    for start in range(len(words) - length + 1):
        yield " ".join(words[start : start + length])


def _rows(path: Path) -> Iterator[dict[Language, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        for row in reader:
            yield {language: row[language.value] for language in COLUMNS}
