"""How many words of the evaluation sets the texts to learn from have never shown.

``python -m benchmarks.coverage CORPORA EVALUATION`` prints the table of
``docs/decisions/0008-built-in-model.md``. It reads the evaluation sets to count them, and nothing
else: no word of theirs is chosen, weighted or written by it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from benchmarks.sentence_pairs import NEWSBANK
from khabar.languages import Language
from training.corpora import find_corpora
from training.forms import bare_words
from training.gazetteer import read_dictionary, read_gazetteers
from training.guard import read_evaluation
from training.items import CLOSE, MORE, Item, held_out, read_items

Texts = Iterable[tuple[Language, str]]


def main(corpora: Path, evaluation: Path) -> None:
    """Print the share of running words that are new, set by set, as more texts are learnt from."""
    sets = read_evaluation(evaluation)
    seen: dict[Language, set[str]] = {language: set() for language in Language}
    heads = [f"{name} {language.value}" for name in sets for language in Language]
    print(f"| learnt from | {' | '.join(heads)} |")
    print(f"| --- |{' ---: |' * len(heads)}")
    for name, texts in _parts(corpora).items():
        for language, text in texts:
            seen[language].update(bare_words(text))
        cells = [
            f"{_new(seen[language], (row[language] for row in rows)):.1f}"
            for rows in sets.values()
            for language in Language
        ]
        print(f"| {name} | {' | '.join(cells)} |")


def _parts(corpora: Path) -> dict[str, Texts]:
    return {
        "the corpora alone": _of_corpora(corpora),
        "and the newsbank": _of_items(NEWSBANK),
        "and what was written later": _of_items(NEWSBANK / MORE),
        "and what was translated closely": _of_items(NEWSBANK / CLOSE),
        "and gazetteers and dictionary": _of_names(),
    }


def _of_corpora(folder: Path) -> Iterator[tuple[Language, str]]:
    for corpus in find_corpora(folder):
        for first, second in corpus.lines(0, 0):
            yield corpus.first, first
            yield corpus.second, second


def _of_items(folder: Path) -> Iterator[tuple[Language, str]]:
    for item in read_items(folder):
        if not held_out(item):
            yield from _texts(item)


def _texts(item: Item) -> Iterator[tuple[Language, str]]:
    for language in Language:
        for text in (*item.body[language], *item.summary[language]):
            yield language, text
        if language in item.headlines:
            yield language, item.headlines[language]


def _of_names() -> Iterator[tuple[Language, str]]:
    for entry in (*read_gazetteers(NEWSBANK), *read_dictionary(NEWSBANK)):
        yield from entry.texts.items()


def _new(seen: set[str], texts: Iterable[str]) -> float:
    """Return how many of a hundred running words were never seen."""
    words = [word for text in texts for word in bare_words(text)]
    return 100 * sum(word not in seen for word in words) / len(words)


if __name__ == "__main__":
    typer.run(main)
