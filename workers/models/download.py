"""Files of the hub fetched into a folder, where a download that was cut off goes on.

The hub's own client moves the bytes; it throws away what has arrived of a file when it is stopped.
For weights of gigabytes that is kept here, as NAME.part, and a file gets its name only when its sum
is right.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import httpx2
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import http_get

from khabar.errors import ModelMissing
from workers.models.hub import HubFile, HubModel, file_url, in_our_words, request_headers
from workers.models.progress import Advance, DownloadProgress

_PART = ".part"
_SERVER_ERRORS = 500

# The client itself tries again five times where a connection cannot be made or ends early. This
# bounds what it does not try again: a connection that was reset, and a server's own errors.
_ATTEMPTS = 4
_PAUSE_SECONDS = 1.0


def present_bytes(files: Sequence[HubFile], folder: Path) -> int:
    """Return how many bytes of the files an earlier download has left in the folder."""
    return sum(_present(file, folder) for file in files)


def download(
    files: Sequence[HubFile], model: HubModel, folder: Path, progress: DownloadProgress
) -> None:
    """Fetch the files into the folder, and check the sum of each.

    Raises ModelMissing; what has arrived by then stays, for the next call to go on with.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total, present = sum(file.size for file in files), present_bytes(files, folder)
    with progress.download(str(model), total, present) as advance, in_our_words(model):
        for file in files:
            _fetch(file, model, folder, advance)


def _present(file: HubFile, folder: Path) -> int:
    for path in (folder / file.path, folder / (file.path + _PART)):
        if path.is_file() and path.stat().st_size <= file.size:
            return path.stat().st_size
    return 0


def _fetch(file: HubFile, model: HubModel, folder: Path, advance: Advance) -> None:
    target, part = folder / file.path, folder / (file.path + _PART)
    if target.is_file() and target.stat().st_size == file.size:
        return
    # Twice, since it may be an old part that is damaged.
    for _ in range(2):
        _receive(file, model, part, advance)
        if file.is_whole(part):
            part.rename(target)
            return
        part.unlink()
        advance(-file.size)
    raise ModelMissing(
        f"{file.path} of {model} arrives damaged: its sum is not the one that the hub tells.",
        limit=file.sha256 or file.git_blob,
        hint="Something on the way changes it, such as a proxy or a mirror. Try another network, "
        "or get the files otherwise and install them with --from FOLDER.",
    )


def _receive(file: HubFile, model: HubModel, part: Path, advance: Advance) -> None:
    if part.is_file() and part.stat().st_size > file.size:
        part.unlink()
    with part.open("ab") as stream:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                _get(file, model, stream, advance)
            except (httpx2.ReadError, HfHubHTTPError) as error:
                if attempt == _ATTEMPTS or not _passing(error):
                    raise
                time.sleep(_PAUSE_SECONDS * attempt)
            else:
                return


def _get(file: HubFile, model: HubModel, stream: BinaryIO, advance: Advance) -> None:
    """Append the rest of a file to the stream."""
    stream.flush()
    http_get(
        file_url(model, file),
        stream,
        resume_size=stream.tell(),
        headers=request_headers(),
        expected_size=file.size,
        displayed_filename=file.path,
        tqdm_class=cast("Any", _Share(advance)),
    )


def _passing(error: httpx2.ReadError | HfHubHTTPError) -> bool:
    """Tell whether the same request may succeed a moment later."""
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code >= _SERVER_ERRORS
    return True


class _Share:
    """Stands for the bar that the client would draw for each file, and passes its news on."""

    def __init__(self, advance: Advance) -> None:
        self._advance = advance

    def __call__(self, **_: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the shared bar as it is."""

    def update(self, count: float | None = 1) -> None:
        """Count what has arrived."""
        self._advance(count or 0)
