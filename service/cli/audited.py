"""Acts of a person at the command line, written where those of the API's clients are."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from khabar.audit import AuditLog, Fact
from khabar.errors import KhabarError
from khabar.settings import Settings

_DONE = "done"
_STDERR = 2


@contextmanager
def audited(settings: Settings, action: str, **known: Fact) -> Iterator[dict[str, Fact]]:
    """Lend the facts of an act, to add to, and write them down when it has ended.

    Nothing is done where nothing can be written: raises AuditUnwritable before the act. Standard
    output is the command's own, so a log that goes there goes to standard error.
    """
    audit = AuditLog.of(settings, stdout=_STDERR)
    audit.open()
    facts: dict[str, Fact] = {"who": f"cli:{_user()}", "action": action, **known}
    try:
        yield facts
    except KhabarError as error:
        audit.write({**facts, "outcome": error.code})
        raise
    else:
        audit.write({**facts, "outcome": _DONE})
    finally:
        audit.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number without a name.
        return "unknown"
