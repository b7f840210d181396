"""How often the checks cry out over good pairs, and over pairs that a program damaged.

``python -m benchmarks.checks [FILE.tsv ...] > benchmarks/checks.md``, where a file has a sentence
in English, Russian and Arabic on each line below its heading.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.damages import DAMAGES, Good
from benchmarks.sentence_pairs import DIRECTIONS, NEWSBANK, Line, body_lines, read_lines
from khabar.languages import Language
from training.items import MORE
from workers.checks.table import CHECKS, is_degenerate, run_checks
from workers.gazetteer.demanded import is_demanded
from workers.gazetteer.finder import find
from workers.protocols import Pair

NAMES = [check.name for check in CHECKS if check.name != "supported"]
"""Supported is a matter of summaries in one language: benchmarks.provenance looks at it."""

# The last of its files were read for false alarms.
LATER = (
    "The body sentences of training/newsbank/more, written later"
    " (numbers and dates were mended by its last 28 files)"
)
LEGEND = """\
Recall is the share of damaged pairs that fail one of the checks named, and `flagged` the share of
the same pairs that fail it undamaged. Precision takes one good pair for each damaged one. `any`
counts every check; `again` is decoded again.
"""


def main(
    files: Annotated[
        list[Path] | None, typer.Argument(help="More pairs than the newsbank.")
    ] = None,
) -> None:
    """Print a section of tables for the newsbank, and one for each file."""
    lines = list(body_lines())
    print("# The checks on good and on damaged sentence pairs\n")
    print("Printed by `python -m benchmarks.checks FILE ...`.\n")
    print(LEGEND)
    print_corpus("The body sentences of training/newsbank", lines, lines[::10])
    held_out = [line for line in lines if line.held_out]
    print_corpus(
        "The held-out tenth, unused for bounds and for ambiguous names", held_out, held_out
    )
    later = list(body_lines(NEWSBANK / MORE))
    print_corpus(LATER, later, later[::30])
    for path in files or ():
        read = list(read_lines(path))
        print_corpus(path.name, read, read)


def print_corpus(title: str, lines: Sequence[Line], damaged: Sequence[Line]) -> None:
    """Print what is flagged among good pairs, and what among the damaged ones."""
    print(f"## {title}\n")
    named = sum(map(has_name, lines))
    print(f"{named / len(lines):.0%} of {len(lines)} sentences hold a name that is demanded.\n")
    print("Good pairs that fail, in percent:\n")
    print_alarms([[line.pair(*way) for line in lines] for way in DIRECTIONS])
    print("\nDamaged pairs, and the same pairs before, in percent:\n")
    print_found([Good(line.pair(*way), line) for line in damaged for way in DIRECTIONS])
    print()


def has_name(line: Line) -> bool:
    """Tell whether the gazetteer knows a name for certain in the English sentence."""
    english = Language.ENGLISH
    return any(is_demanded(found, english) for found in find(line.texts[english], english))


def print_alarms(groups: Iterable[list[Pair]]) -> None:
    """Print a row for each direction."""
    print_row(["pair", "sentences", *NAMES, "any", "again"])
    print_row(["---"] * (len(NAMES) + 4))
    for pairs in groups:
        count = failures(pairs)
        way = f"{pairs[0].source_language.value}-{pairs[0].output_language.value}"
        shares = [f"{100 * count[name] / len(pairs):.2f}" for name in (*NAMES, "any", "again")]
        print_row([way, str(len(pairs)), *shares])


def print_found(goods: Sequence[Good]) -> None:
    """Print a row for each kind of damage, as the legend describes it."""
    print_row(["damage", "checks", "pairs", "recall", "flagged", "precision", "any", "again"])
    print_row(["---"] * 8)
    for kind, aim in DAMAGES.items():
        before, after = damaged_pairs(kind, goods)
        if not after:
            continue
        meant, alarms = failures(after, aim.checks), failures(before, aim.checks)
        precision = meant["meant"] / max(1, meant["meant"] + alarms["meant"])
        counts = [meant["meant"], alarms["meant"]]
        shares = [f"{100 * count / len(after):.1f}" for count in counts]
        shares += [f"{100 * precision:.1f}"]
        shares += [f"{100 * meant[name] / len(after):.1f}" for name in ("any", "again")]
        print_row([kind, ", ".join(aim.checks), str(len(after)), *shares])


def damaged_pairs(kind: str, goods: Iterable[Good]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs that can be damaged so, before and after."""
    chance = random.Random(kind)  # noqa: S311  # The same damage every time.
    before, after = [], []
    for good in goods:
        output = DAMAGES[kind].damage(good, chance)
        if output is not None:
            before.append(good.pair)
            after.append(replace(good.pair, output=output))
    return before, after


def failures(pairs: Iterable[Pair], meant: Sequence[str] = ()) -> Counter[str]:
    """Count the pairs that fail each check, any, one that is meant, and those decoded again."""
    count: Counter[str] = Counter()
    for pair in pairs:
        checks = run_checks(pair)
        failed = [check.name for check in checks if not check.passed]
        count.update(failed)
        count["any"] += bool(failed)
        count["meant"] += any(name in failed for name in meant)
        count["again"] += is_degenerate(checks)
    return count


def print_row(cells: Iterable[str]) -> None:
    """Print a line of a Markdown table."""
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    typer.run(main)
