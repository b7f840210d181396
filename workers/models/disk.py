"""What the system says when it lets no file be read or written, as an error with what to do."""

import errno
import os

from khabar.errors import KhabarError

_RIGHTS = "Give the user with the id {user}, as which this runs, the right to it."
_HINTS = {
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "Set KHABAR_VAR_FOLDER to a folder that can be written to; in a container, lend "
    "it a volume there.",
    errno.ENOSPC: "Make room (khabar models list, khabar models remove).",
}


class DiskRefused(KhabarError):
    """A file or folder of models cannot be read or written."""

    code = "disk_refused"


def refused(error: OSError) -> DiskRefused:
    """Return what a person is told of an error of the file system."""
    hint = _HINTS.get(error.errno or 0, "Look at what lies there.")
    return DiskRefused(
        f"The disk said: {error.strerror or error}.",
        field="folder",
        given=None if error.filename is None else str(error.filename),
        hint=hint.format(user=os.geteuid()),
    )
