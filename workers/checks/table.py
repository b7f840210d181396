"""All checks, in the order in which a summary lists them."""

from collections.abc import Iterable

from khabar.summary import Check
from workers.checks.dates import DatesCheck
from workers.checks.ending import EndingCheck
from workers.checks.language import LanguageCheck
from workers.checks.length import LengthCheck
from workers.checks.names import NamesCheck
from workers.checks.numbers import NumbersCheck
from workers.checks.quotation import QuotationCheck
from workers.checks.repetition import RepetitionCheck
from workers.checks.script import ScriptCheck
from workers.checks.supported import SupportedCheck
from workers.checks.untranslated import UntranslatedCheck
from workers.protocols import Pair, SentenceCheck

CHECKS: tuple[SentenceCheck, ...] = (
    NumbersCheck(),
    DatesCheck(),
    NamesCheck(),
    ScriptCheck(),
    LanguageCheck(),
    LengthCheck(),
    RepetitionCheck(),
    UntranslatedCheck(),
    QuotationCheck(),
    EndingCheck(),
    SupportedCheck(),
)

# What fails these is no sentence to be mended by a reader; other decoding options may help.
_DEGENERATE = frozenset(
    {RepetitionCheck.name, ScriptCheck.name, LanguageCheck.name, UntranslatedCheck.name},
)


def run_checks(pair: Pair, more: Iterable[SentenceCheck] = ()) -> tuple[Check, ...]:
    """Return the outcome of every check, and of those that a recipe adds."""
    return tuple(check(pair) for check in (*CHECKS, *more))


def is_degenerate(checks: Iterable[Check]) -> bool:
    """Tell whether the output should be decoded again before it is shown."""
    return any(not check.passed and check.name in _DEGENERATE for check in checks)
