"""Exit codes, and the one table from errors to them."""

from enum import IntEnum

from khabar import errors
from khabar.errors import KhabarError
from service.cli.client import RefusedByService, ServiceUnreachable
from service.embedded.address import PortTaken
from service.embedded.running_service import AlreadyRunning, StillStarting


class Exit(IntEnum):
    """What the exit code of a command means."""

    DONE = 0
    FAILED = 1
    """The work failed, or what was asked for does not exist."""
    WRONG_USE = 2
    """The command was used wrongly, or the input cannot be used."""
    UNREACHABLE = 3
    """The service or its store does not answer, or takes no work at the moment."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C or a signal, as shells count it."""


EXITS: dict[type[KhabarError], Exit] = {
    KhabarError: Exit.FAILED,
    errors.InvalidInput: Exit.WRONG_USE,
    errors.TooLarge: Exit.WRONG_USE,
    errors.Refused: Exit.WRONG_USE,
    errors.Busy: Exit.UNREACHABLE,
    AlreadyRunning: Exit.WRONG_USE,
    PortTaken: Exit.WRONG_USE,
    ServiceUnreachable: Exit.UNREACHABLE,
    StillStarting: Exit.UNREACHABLE,
}
_OF_STATUS: dict[int, Exit] = {
    404: Exit.FAILED,
    429: Exit.UNREACHABLE,
    502: Exit.UNREACHABLE,
    503: Exit.UNREACHABLE,
    504: Exit.UNREACHABLE,
}
_SERVER_ERRORS = 500


def exit_of(error: KhabarError) -> Exit:
    """Return the exit code for an error: that of the nearest class in the table."""
    if isinstance(error, RefusedByService):
        fallback = Exit.FAILED if error.status >= _SERVER_ERRORS else Exit.WRONG_USE
        return _OF_STATUS.get(error.status, fallback)
    return next(EXITS[kind] for kind in type(error).__mro__ if kind in EXITS)
