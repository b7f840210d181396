"""Acts of a person at the command line, written where those of the API's clients are."""

import getpass
import re
from collections.abc import Iterator
from contextlib import contextmanager

from khabar.audit import AuditLog, Fact
from khabar.errors import KhabarError
from khabar.settings import Settings

_DONE = "done"
_STDERR = 2
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_MESSAGE_ID = re.compile(r"msg_[0-9a-f]{32}")


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


def key_known(given: str) -> str | None:
    """Return a key's id as the audit log may hold it: someone may have given a token instead."""
    return given if _KEY_ID.fullmatch(given) else None


def message_known(given: str) -> str | None:
    """Return a message's id likewise."""
    return given if _MESSAGE_ID.fullmatch(given) else None
