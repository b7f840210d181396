"""How well the sources of summaries in new words are found, by the newsbank's reference summaries.

``python -m benchmarks.provenance > benchmarks/provenance.md``

A summary's sentences stand in three languages, and rest on the same body sentences in each: where
the sources found in two languages agree, they are likely right. Thirty sentences were read by hand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from statistics import fmean

from khabar.languages import Language
from training.items import Item, held_out, read_items
from workers.provenance.alignment import align
from workers.text.document import Document, Sentence

NEWSBANK = Path(__file__).parent.parent / "training" / "newsbank"
LABELS = Path(__file__).parent / "provenance_labels.tsv"
LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.ARABIC)

Sources = Mapping[Language, tuple[int, ...]]
"""The sources of one summary sentence, as found in each language."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader found a summary sentence to rest on.

    ``needed`` are the body sentences it cannot do without; ``also`` say a part of it as well.
    """

    headline: str
    sentence: int
    needed: frozenset[int]
    also: frozenset[int]


def main() -> None:
    """Print every table."""
    items = [item for item in read_items(NEWSBANK) if item.headlines]
    print("# Sources of sentences in new words\n")
    print("Printed by `python -m benchmarks.provenance`.\n")
    parts = {"all items": items, "held-out tenth": [item for item in items if held_out(item)]}
    for name, part in parts.items():
        found = [sources for item in part for sources in align_item(item)]
        print(f"## Agreement of the languages, {name} ({len(found)} summary sentences)\n")
        print("\n".join(agreement_table(found)), end="\n\n")
    print("## Sentences without a source, in percent\n")
    print("\n".join(unsupported_table(items)))
    labels = read_labels()
    print(f"\n## Beside {len(labels)} sentences read by hand\n")
    print("\n".join(label_table(items, labels)))


def align_item(item: Item) -> Iterator[Sources]:
    """Yield the sources of each of an item's summary sentences."""
    columns = {language: _align(item, item, language) for language in LANGUAGES}
    for place in range(len(item.summary[Language.ENGLISH])):
        yield {language: column[place] for language, column in columns.items()}


def _align(summary: Item, body: Item, language: Language) -> list[tuple[int, ...]]:
    texts = body.body[language]
    sentences = tuple(Sentence(text, 0, 0, place) for place, text in enumerate(texts))
    return align(summary.summary[language], Document(language, None, sentences, 0))


def agreement_table(found: Sequence[Sources]) -> Iterator[str]:
    """Yield how often two languages name the same first source, and how alike all of them are."""
    yield _row("languages", "both name a source", "same first source, of those", "Jaccard")
    yield _row("---", "---:", "---:", "---:")
    for one, other in combinations(LANGUAGES, 2):
        pairs = [(set(row[one]), set(row[other])) for row in found if row[one] and row[other]]
        same = [row[one][0] == row[other][0] for row in found if row[one] and row[other]]
        alike = fmean(len(left & right) / len(left | right) for left, right in pairs)
        yield _row(
            f"{one.value}, {other.value}",
            f"{len(pairs) / len(found):.2f}",
            f"{fmean(same):.2f}",
            f"{alike:.2f}",
        )


def unsupported_table(items: Sequence[Item]) -> Iterator[str]:
    """Yield how many sentences have no source, in their own article and in the next one."""
    yield _row("language", "own article", "another article")
    yield _row("---", "---:", "---:")
    others = [*items[1:], items[0]]
    for language in LANGUAGES:
        own = [_align(item, item, language) for item in items]
        foreign = [_align(item, other, language) for item, other in zip(items, others, strict=True)]
        yield _row(language.value, *(f"{100 * _empty(group):.1f}" for group in (own, foreign)))


def _empty(groups: Iterable[Sequence[tuple[int, ...]]]) -> float:
    return fmean(not sources for group in groups for sources in group)


def read_labels() -> list[Label]:
    """Read what was labelled by hand."""
    lines = LABELS.read_text(encoding="utf-8").splitlines()
    _, *rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return [
        Label(headline, int(sentence), _numbers(needed), _numbers(also))
        for headline, sentence, needed, also in rows
    ]


def _numbers(text: str) -> frozenset[int]:
    return frozenset(map(int, filter(None, text.split(","))))


def label_table(items: Iterable[Item], labels: Sequence[Label]) -> Iterator[str]:
    """Yield, by language, how much of what is named is right, and of what is needed is named."""
    yield _row("language", "first source right", "right, of those named", "named, of those needed")
    yield _row("---", "---:", "---:", "---:")
    by_headline = {item.headlines[Language.ENGLISH]: item for item in items}
    for language in LANGUAGES:
        first = right = named = found = needed = 0
        for label in labels:
            item = by_headline[label.headline]
            sources = _align(item, item, language)[label.sentence]
            allowed = label.needed | label.also
            first += bool(sources) and sources[0] in allowed
            right += len(allowed.intersection(sources))
            named += len(sources)
            found += len(label.needed.intersection(sources))
            needed += len(label.needed)
        yield _row(
            language.value,
            f"{first} of {len(labels)}",
            f"{right} of {named}",
            f"{found} of {needed}",
        )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
