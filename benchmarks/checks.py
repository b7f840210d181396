"""How often the checks cry out over good pairs, and over pairs that a program damaged.

``python -m benchmarks.checks > benchmarks/checks.md``
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from benchmarks.sentence_pairs import DIRECTIONS, body_lines
from workers.checks.table import CHECKS, is_degenerate, run_checks
from workers.protocols import Pair

# Each returns the damaged output, or nothing where the pair cannot be damaged so.
Damage = Callable[[Pair, random.Random], str | None]

_DIGITS = re.compile(r"\d+")


def change_number(pair: Pair, chance: random.Random) -> str | None:
    """Put another digit for one of a number over two; smaller ones have exceptions of their own."""
    places = [match for match in _DIGITS.finditer(pair.output) if int(match.group()) > 2]
    if not places:
        return None
    place = chance.choice(places)
    position = chance.randrange(place.start(), place.end())
    others = [digit for digit in "123456789" if digit != pair.output[position]]
    return pair.output[:position] + chance.choice(others) + pair.output[position + 1 :]


def drop_number(pair: Pair, chance: random.Random) -> str | None:
    """Take a number over two out."""
    places = [match for match in _DIGITS.finditer(pair.output) if int(match.group()) > 2]
    if not places:
        return None
    place = chance.choice(places)
    return pair.output[: place.start()] + pair.output[place.end() :]


def loop(pair: Pair, chance: random.Random) -> str:
    """Go on with the last one to six words until the output is twice as long."""
    words = pair.output.split()
    tail = words[-chance.randint(1, min(6, len(words))) :]
    return " ".join(words + tail * (len(words) // len(tail) + 1))


def leave_untranslated(pair: Pair, _: random.Random) -> str:
    """Give the source back."""
    return pair.source


def leave_half_untranslated(pair: Pair, _: random.Random) -> str:
    """Translate the first half, and copy the second."""
    output, source = pair.output.split(), pair.source.split()
    return " ".join(output[: len(output) // 2] + source[len(source) // 2 :])


def cut(pair: Pair, chance: random.Random) -> str:
    """Break off between a third and nine tenths of the words, as at a token limit."""
    words = pair.output.split()
    return " ".join(words[: max(1, int(len(words) * chance.uniform(0.33, 0.9)))]).rstrip(".!?؟…")


def lose_half(pair: Pair, _: random.Random) -> str:
    """Leave the second half out, and end with a full stop."""
    words = pair.output.split()
    return " ".join(words[: len(words) // 2]).rstrip(",،;:—.") + "."


def lose_quotation_mark(pair: Pair, chance: random.Random) -> str | None:
    """Take one quotation mark out."""
    places = [position for position, letter in enumerate(pair.output) if letter in '«»“”"']
    if not places:
        return None
    place = chance.choice(places)
    return pair.output[:place] + pair.output[place + 1 :]


DAMAGES: dict[str, Damage] = {
    "a digit changed": change_number,
    "a number dropped": drop_number,
    "caught in a loop": loop,
    "untranslated": leave_untranslated,
    "second half untranslated": leave_half_untranslated,
    "cut off": cut,
    "second half left out": lose_half,
    "a quotation mark lost": lose_quotation_mark,
}


def main() -> None:
    """Print both tables."""
    lines = list(body_lines())
    print("# The checks on the project's own sentence pairs\n")
    print(
        "Printed by `python -m benchmarks.checks` from the body sentences of training/newsbank.\n"
    )
    print("## False alarms: good pairs that fail, in percent\n")
    print_alarms([[line.pair(*way) for line in lines] for way in DIRECTIONS])
    print("\nThe same on the tenth of the items from which no bound was derived:\n")
    print_alarms([[line.pair(*way) for line in lines if line.held_out] for way in DIRECTIONS])
    print("\n## Found: damaged pairs that fail, in percent\n")
    print(
        "Every tenth sentence, in all six directions. `again` is the share that is decoded again.\n"
    )
    print_found([line.pair(*way) for line in lines[::10] for way in DIRECTIONS])


def print_alarms(groups: Iterable[list[Pair]]) -> None:
    """Print a row for each direction."""
    names = [check.name for check in CHECKS]
    print_row(["pair", "sentences", *names, "any", "again"])
    print_row(["---"] * (len(names) + 4))
    for pairs in groups:
        count = failures(pairs)
        way = f"{pairs[0].source_language.value}-{pairs[0].output_language.value}"
        shares = [f"{100 * count[name] / len(pairs):.2f}" for name in (*names, "any", "again")]
        print_row([way, str(len(pairs)), *shares])


def print_found(pairs: list[Pair]) -> None:
    """Print a row for each kind of damage."""
    names = [check.name for check in CHECKS]
    print_row(["damage", "sentences", *names, "any", "again"])
    print_row(["---"] * (len(names) + 4))
    for kind, damage in DAMAGES.items():
        chance = random.Random(kind)  # noqa: S311  # The same damage every time.
        outputs = [(pair, damage(pair, chance)) for pair in pairs]
        damaged = [replace(pair, output=output) for pair, output in outputs if output is not None]
        count = failures(damaged)
        shares = [f"{100 * count[name] / len(damaged):.1f}" for name in (*names, "any", "again")]
        print_row([kind, str(len(damaged)), *shares])


def failures(pairs: Iterable[Pair]) -> Counter[str]:
    """Count the pairs that fail each check, any of them, and those to be decoded again."""
    count: Counter[str] = Counter()
    for pair in pairs:
        checks = run_checks(pair)
        failed = [check.name for check in checks if not check.passed]
        count.update(failed)
        count["any"] += bool(failed)
        count["again"] += is_degenerate(checks)
    return count


def print_row(cells: Iterable[str]) -> None:
    """Print a line of a Markdown table."""
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
