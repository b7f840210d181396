"""Many thousand attacks and mutants against one API process, and what became of it.

Run as a program: ``python -m tests.hostile.campaign --requests 100000``.
"""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.hostile.attacks import Attack, attacks
from tests.hostile.mutants import mutants
from tests.hostile.targets import hostile_cluster, resident_bytes
from tests.hostile.verdict import faults, verdict
from tests.hostile.wire import Answer, exchange

MEBIBYTE = 1024 * 1024
_CONNECTIONS = 16
_WARM_UP = 1_000
"""After these the process holds what it always holds: caches, the language model, thread stacks."""
_MOST_FAULTS = 50
_ATTACK_SHARE = 0.5
_HEAVY_SHARE = 0.02


@dataclass
class Outcome:
    """What a campaign saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    fault_count: int = 0
    resident: list[int] = field(default_factory=list)
    """Memory of the API process before, after the warm-up, and at the end, in bytes."""
    highest: int = 0
    seconds: float = 0.0

    @property
    def growth(self) -> int:
        """Bytes that the process holds more at the end than after the warm-up."""
        return self.resident[2] - self.resident[1]

    def note(self, name: str, answer: Answer, found: list[str]) -> None:
        """Take down one answer and what is wrong with it."""
        self.statuses[answer.status] += 1
        self.fault_count += bool(found)
        if len(self.faults) < _MOST_FAULTS:
            self.faults += [f"{name}: {fault}" for fault in found]


@dataclass(frozen=True)
class _Shot:
    name: str
    attack: Attack
    judge: Callable[[Answer], list[str]]


def _shots(seed: int) -> Iterator[_Shot]:
    chance = random.Random(seed)
    heavy = [attack for attack in attacks() if attack.heavy]
    light = [attack for attack in attacks() if not attack.heavy]
    changed = mutants(seed)
    for attack in chance.sample(attacks(), len(attacks())):
        yield _of_table(attack)
    for number in itertools.count():
        drawn = chance.random()
        if drawn < _HEAVY_SHARE:
            yield _of_table(chance.choice(heavy))
        elif drawn < _ATTACK_SHARE:
            yield _of_table(chance.choice(light))
        else:
            content = next(changed)
            attack = Attack(
                f"mutant {seed}/{number}: {content!r}", lambda c=content: [c], frozenset()
            )
            yield _Shot(attack.name, attack, faults)


def _of_table(attack: Attack) -> _Shot:
    return _Shot(attack.name, attack, lambda answer: verdict(attack, answer))


async def run(port: int, pid: int, requests: int, seed: int) -> Outcome:
    """Send every attack once, then attacks and mutants at random, over ``_CONNECTIONS``."""
    outcome = Outcome(resident=[resident_bytes(pid)])
    began = time.monotonic()
    shots = _shots(seed)
    for count in (min(_WARM_UP, requests // 2), requests - min(_WARM_UP, requests // 2)):
        part = itertools.islice(shots, count)
        await asyncio.gather(*(_fire(part, port, pid, outcome) for _ in range(_CONNECTIONS)))
        outcome.resident.append(resident_bytes(pid))
    outcome.seconds = time.monotonic() - began
    return outcome


async def _fire(shots: Iterator[_Shot], port: int, pid: int, outcome: Outcome) -> None:
    for shot in shots:
        try:
            answer = await exchange(port, shot.attack.pieces())
        except (AssertionError, OSError, TimeoutError, ValueError) as error:
            outcome.note(shot.name, Answer(0), [repr(error)])
            continue
        outcome.note(shot.name, answer, shot.judge(answer))
        outcome.highest = max(outcome.highest, resident_bytes(pid))


def _report(outcome: Outcome) -> str:
    before, warm, after = (size / MEBIBYTE for size in outcome.resident)
    return "\n".join(
        [
            f"requests {outcome.statuses.total()} in {outcome.seconds:.0f} s",
            *(f"  {status or 'closed'}: {n}" for status, n in sorted(outcome.statuses.items())),
            f"answers of 5xx: {sum(n for s, n in outcome.statuses.items() if s >= 500)}",
            f"faults: {outcome.fault_count}",
            *(f"  {fault[:600]}" for fault in outcome.faults),
            f"resident MiB: {before:.0f} at the start, {warm:.0f} warm, {after:.0f} at the end",
            f"at the most: {outcome.highest / MEBIBYTE:.0f} MiB",
            f"growth: {outcome.growth / MEBIBYTE:.0f} MiB",
        ]
    )


def main() -> int:
    """Run a campaign against a service of its own, and print what it saw."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, hostile_cluster(Path(folder)) as cluster:
        pid = cluster.children[0].pid
        assert pid is not None
        outcome = asyncio.run(run(cluster.settings.port, pid, chosen.requests, chosen.seed))
    print(_report(outcome))  # noqa: T201 -- a program's result.
    failed = outcome.fault_count or outcome.growth > 100 * MEBIBYTE
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
