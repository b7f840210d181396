"""Measures the summarizer without weights beside lead, LexRank, TextRank and LSA.

``python -m benchmarks.summarizers`` prints the tables and the summaries side by side that
``benchmarks/summarizers.md`` keeps.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer

from benchmarks.scores import Interval, chrf, paired_bootstrap, rouge_l, rouge_n
from benchmarks.systems import BASELINES, OURS, System, as_document, systems
from khabar.languages import Language
from training.items import MORE, Item, held_out, read_items
from workers.summarizers.centrality import SentenceVectors
from workers.summarizers.extractive import ExtractiveSummarizer
from workers.text.words import terms

NEWSBANK = Path(__file__).parent.parent / "training" / "newsbank"
LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.ARABIC)
METRICS: dict[str, Callable[[str, str], float]] = {
    "ROUGE-1": lambda candidate, reference: rouge_n(candidate, reference, 1),
    "ROUGE-2": lambda candidate, reference: rouge_n(candidate, reference, 2),
    "ROUGE-L": rouge_l,
    "chrF": chrf,
}
SIDE_BY_SIDE = {Language.ENGLISH: 7, Language.RUSSIAN: 7, Language.ARABIC: 6}
COMPARED = 2
"""Sentences in the summaries whose differences are told; the references have as many."""
SCENE = 0.5
"""A story opens with a scene where its first sentence shares at most so much with the headline and
the reference summary, as a part of what the best of its later sentences shares."""

Scores = dict[tuple[str, Language, str], list[float]]
"""By system, language and metric: one score for each item."""


def main(
    items: Annotated[int, typer.Option(help="Measure only so many items; 0 for all.")] = 0,
    *,
    later: Annotated[
        bool, typer.Option("--later", help="Measure stories written after all was tuned.")
    ] = False,
) -> None:
    """Print every table for the newsbank."""
    known = systems(item for item in _stories(NEWSBANK) if not held_out(item))
    measured = _stories(NEWSBANK / MORE if later else NEWSBANK)[: items or None]
    parts = {
        "held-out tenth": [held_out(item) and not later for item in measured],
        "all items": [True] * len(measured),
        "stories that open with a scene": [opens_with_scene(item) for item in measured],
    }
    for count in (COMPARED, COMPARED + 1):
        scores = measure(known, measured, count)
        for name, members in parts.items():
            if not any(members):
                continue
            part = _part(scores, members)
            print(f"\n## {count} sentences, {name} ({sum(members)} stories)\n")
            print("\n".join(score_table(part, list(known))))
            if count == COMPARED:
                print("\nDifference to each other system, with its 95 % interval:\n")
                print("\n".join(difference_table(part)))
    print("\n## Side by side\n")
    print("\n".join(side_by_side([item for item in measured if held_out(item)])))


def measure(known: dict[str, System], items: Sequence[Item], count: int) -> Scores:
    """Score every system on every item, summaries of ``count`` sentences."""
    scores: Scores = {
        (name, language, metric): []
        for name in known
        for language in LANGUAGES
        for metric in METRICS
    }
    for item in items:
        for language in LANGUAGES:
            reference = " ".join(item.summary[language])
            seen: dict[str, dict[str, float]] = {}
            for name, choose in known.items():
                summary = " ".join(
                    item.body[language][place] for place in choose(item, language, count)
                )
                if summary not in seen:
                    seen[summary] = {
                        metric: score(summary, reference) for metric, score in METRICS.items()
                    }
                for metric, value in seen[summary].items():
                    scores[name, language, metric].append(value)
    return scores


def opens_with_scene(item: Item) -> bool:
    """Tell, on the mean of the three languages, whether the news comes later than the opening."""
    return fmean(_first_to_best(item, language) for language in LANGUAGES) < SCENE


def _first_to_best(item: Item, language: Language) -> float:
    vectors = SentenceVectors([terms(text, language) for text in item.body[language]])
    told = " ".join((item.headlines[language], *item.summary[language]))
    first, *later = vectors.likeness(terms(told, language))
    return float(first / max(later)) if max(later) > 0 else 1.0


def _stories(folder: Path) -> list[Item]:
    return sorted((item for item in read_items(folder) if item.headlines), key=_order)


def _order(item: Item) -> str:
    return hashlib.sha256(item.headlines[Language.ENGLISH].encode()).hexdigest()


def _part(scores: Scores, members: Sequence[bool]) -> Scores:
    return {
        key: [value for value, belongs in zip(values, members, strict=True) if belongs]
        for key, values in scores.items()
    }


def _mean(scores: Scores, name: str, metric: str) -> list[float]:
    """Return the mean of the three languages, item by item."""
    rows = (scores[name, language, metric] for language in LANGUAGES)
    return [fmean(row) for row in zip(*rows, strict=True)]


def score_table(scores: Scores, names: Sequence[str]) -> Iterator[str]:
    """Yield a Markdown table: a row for each system, a column for each metric and language."""
    heads = [f"{metric} {language}" for metric in METRICS for language in (*LANGUAGES, "mean")]
    yield _row("system", *heads)
    yield _row("---", *["---:"] * len(heads))
    for name in names:
        cells = []
        for metric in METRICS:
            columns = [scores[name, language, metric] for language in LANGUAGES]
            cells += [f"{fmean(values):.2f}" for values in (*columns, _mean(scores, name, metric))]
        yield _row(name, *cells)


def difference_table(scores: Scores) -> Iterator[str]:
    """Yield a Markdown table of ours less each baseline, by language and metric."""
    yield _row("less", "language", *METRICS)
    yield _row("---", "---", *["---:"] * len(METRICS))
    for name in BASELINES:
        for language in (*LANGUAGES, None):
            cells = [_told(_difference(scores, name, language, metric)) for metric in METRICS]
            yield _row(name, language or "mean", *cells)


def _difference(scores: Scores, name: str, language: Language | None, metric: str) -> Interval:
    if language is None:
        return paired_bootstrap(_mean(scores, OURS, metric), _mean(scores, name, metric))
    return paired_bootstrap(scores[OURS, language, metric], scores[name, language, metric])


def _told(interval: Interval) -> str:
    return f"{interval.mean:+.2f} ({interval.low:+.2f}, {interval.high:+.2f})"


def side_by_side(items: Sequence[Item]) -> Iterator[str]:
    """Yield twenty summaries beside the first two sentences, items taken in the order given."""
    remaining = iter(items)
    for language, number in SIDE_BY_SIDE.items():
        for item in islice(remaining, number):
            draft = ExtractiveSummarizer().choose(as_document(item, language, headline=True), 2)
            yield f"**{item.headlines[language]}**\n"
            yield f"- lead: {' '.join(item.body[language][:2])}"
            yield f"- ours: {' '.join(sentence.text for sentence in draft)}\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    typer.run(main)
