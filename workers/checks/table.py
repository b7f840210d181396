"""All checks, in the order in which a summary lists them."""

from collections.abc import Iterable

from khabar.summary import Check
from workers.checks.ending import EndingCheck
from workers.checks.length import LengthCheck
from workers.checks.numbers import NumbersCheck
from workers.checks.quotation import QuotationCheck
from workers.checks.repetition import RepetitionCheck
from workers.checks.script import ScriptCheck
from workers.checks.untranslated import UntranslatedCheck
from workers.protocols import Pair, SentenceCheck

CHECKS: tuple[SentenceCheck, ...] = (
    NumbersCheck(),
    ScriptCheck(),
    LengthCheck(),
    RepetitionCheck(),
    UntranslatedCheck(),
    QuotationCheck(),
    EndingCheck(),
)

# What fails these is no sentence to be mended by a reader; other decoding options may help.
_DEGENERATE = frozenset(
    {RepetitionCheck.name, ScriptCheck.name, UntranslatedCheck.name},
)


def run_checks(pair: Pair) -> tuple[Check, ...]:
    """Return the outcome of every check."""
    return tuple(check(pair) for check in CHECKS)


def is_degenerate(checks: Iterable[Check]) -> bool:
    """Tell whether the output should be decoded again before it is shown."""
    return any(not check.passed and check.name in _DEGENERATE for check in checks)
