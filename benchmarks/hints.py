"""How many words of the evaluation sets are hinted, and how often a translator chose the hint.

``python -m benchmarks.hints LEXICON EVALUATION`` prints the table of
``docs/decisions/0020-hints.md``. It reads the evaluation sets to count them, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from khabar.languages import Language
from training.guard import read_evaluation
from training.news import Triple
from training.pairs import DIRECTIONS, direction_name
from workers.hints.lexicon import Lexicon
from workers.hints.stems import Stems, words


@dataclass(frozen=True, slots=True)
class Counted:
    """Running words of the source, those with a hint, those whose hint the reference has."""

    words: int
    hinted: int
    chosen: int


def main(lexicon: Path, evaluation: Path) -> None:
    """Print, for each set and direction, the words that are hinted and the hints that are right."""
    known = Lexicon.read(lexicon)
    print("| | hinted, % of the words | in the reference, % of the hints |")
    print("| --- | ---: | ---: |")
    for name, rows in read_evaluation(evaluation).items():
        for source, target in DIRECTIONS:
            found = count(known, rows, source, target)
            shares = (found.hinted / found.words, found.chosen / max(1, found.hinted))
            cells = " | ".join(f"{100 * share:.1f}" for share in shares)
            print(f"| {name} {direction_name(source, target)} | {cells} |")


def count(lexicon: Lexicon, rows: Sequence[Triple], source: Language, target: Language) -> Counted:
    """Count. A hint is in a reference that has a word of its stem."""
    stems = Stems(target)
    total = hinted = chosen = 0
    for row in rows:
        reference = {stems.of(word) for word in words(row[target], target)}
        for word in words(row[source], source):
            hint = lexicon.hint(word, source, target)
            total += 1
            hinted += bool(hint)
            chosen += bool(hint) and stems.of(hint) in reference
    return Counted(total, hinted, chosen)


if __name__ == "__main__":
    typer.run(main)
