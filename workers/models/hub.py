"""The model hub as it is asked, and its refusals in our words.

Which hub is asked, and with which token, is told by the client's own variables ``HF_ENDPOINT`` and
``HF_TOKEN``. A token is handed on to the hub, and to no other host it may redirect to; it is in no
message of ours.
"""

import errno
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx2
from huggingface_hub import HfApi, constants, get_token, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile

from khabar import __version__
from khabar.errors import ModelMissing, RecipeInvalid
from khabar.recipe import ModelChoice
from workers.models.digest import file_digest

_COMMIT = re.compile(r"[0-9a-f]{40}")
_ELSEWHERE = (
    "Without a way to the hub, get the files otherwise and install them with --from FOLDER."
)
_TOKEN = "Set HF_TOKEN to a token that may read the model."  # noqa: S105 -- a hint, no token.


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model at one commit."""

    id: str
    commit: str

    def __str__(self) -> str:
        return f"{self.id}@{self.commit[:12]}"


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file at that commit: its size in bytes, and its sum.

    Large files have a SHA-256; small ones only what git names them by, the SHA-1 of a blob.
    """

    path: str
    size: int
    git_blob: str
    sha256: str | None = None

    def is_whole(self, path: Path) -> bool:
        """Tell whether what has arrived is this file."""
        if path.stat().st_size != self.size:
            return False
        if self.sha256 is not None:
            return file_digest(path) == self.sha256
        return _git_blob(path) == self.git_blob


def hub_model(choice: ModelChoice) -> HubModel:
    """Return the model of a recipe as the hub knows it.

    Raises RecipeInvalid for a revision that is no commit: what a name like ``main`` stands for
    can change, and then old results would be taken for those of the new model.
    """
    if _COMMIT.fullmatch(choice.revision) is None:
        raise RecipeInvalid(
            f"The recipe asks for {choice.id} at {choice.revision[:40]}, which is no commit. What "
            "such a name stands for on the hub can change, and the recipe's fingerprint would not.",
            field="models.revision",
            limit="40 hexadecimal digits",
            given=choice.revision[:40],
            hint="Write the commit that the model's page shows under its files, or install files "
            "of your own with --from FOLDER.",
        )
    return HubModel(choice.id, choice.revision)


def require_online(model: HubModel) -> None:
    """Raise ModelMissing if the client is told to stay offline."""
    if constants.is_offline_mode():
        raise ModelMissing(
            f"{model} is to be downloaded, and HF_HUB_OFFLINE forbids it.",
            hint=f"Unset HF_HUB_OFFLINE for this command. {_ELSEWHERE}",
        )


def list_files(model: HubModel) -> list[HubFile]:
    """Return the files in the first level of a model. Raises ModelMissing."""
    with in_our_words(model):
        tree = HfApi(library_name="khabar", library_version=__version__).list_repo_tree(
            model.id, revision=model.commit
        )
        return [_file(entry) for entry in tree if isinstance(entry, RepoFile)]


def file_url(model: HubModel, file: HubFile) -> str:
    """Return where a file is."""
    return hf_hub_url(model.id, file.path, revision=model.commit)


def request_headers() -> dict[str, str]:
    """Return what goes with the request for a file, with the token if there is one.

    A file that is not compressed on its way can be gone on with at any byte.
    """
    headers = {"user-agent": f"khabar/{__version__}", "accept-encoding": "identity"}
    token = get_token()
    return {**headers, "authorization": f"Bearer {token}"} if token else headers


@contextmanager
def in_our_words(model: HubModel) -> Iterator[None]:
    """Turn the errors of the hub's client into ModelMissing."""
    try:
        yield
    except (OSError, httpx2.HTTPError, EntryNotFoundError) as error:
        raise _told(error, model) from error


def _file(entry: RepoFile) -> HubFile:
    return HubFile(
        entry.path, entry.size, entry.blob_id, entry.lfs.sha256 if entry.lfs is not None else None
    )


def _git_blob(path: Path) -> str:
    """Return git's name for a file's content (git-hash-object(1))."""
    content = path.read_bytes()
    head = b"blob %d\0" % len(content)
    return hashlib.sha1(head + content, usedforsecurity=False).hexdigest()


# The first that fits tells. The order matters: a gated repository is a kind of missing one.
_REFUSALS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        GatedRepoError,
        "The hub gives {model} only to those who have accepted its terms.",
        f"Accept them on the model's page. {_TOKEN}",
    ),
    (
        RepositoryNotFoundError,
        "The hub has no model {model}, or does not show it without a token.",
        f"Check the id in the recipe. {_TOKEN}",
    ),
    (
        RevisionNotFoundError,
        "The hub has no revision {model}.",
        "Check the revision in the recipe.",
    ),
    (
        EntryNotFoundError,
        "The hub lists a file of {model} and does not have it.",
        "Try again later, or pin another revision in the recipe.",
    ),
    (
        OfflineModeIsEnabled,
        "{model} is to be downloaded, and the hub's client is offline.",
        _ELSEWHERE,
    ),
)
_STATUSES = MappingProxyType(
    {401: "it wants a token", 403: "the token does not permit it", 429: "too many requests"}
)


def _told(error: Exception, model: HubModel) -> ModelMissing:
    for kind, message, hint in _REFUSALS:
        if isinstance(error, kind):
            return ModelMissing(message.format(model=model), hint=hint)
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        why = _STATUSES.get(status, "it failed")
        return ModelMissing(
            f"The hub answers {status} for {model}: {why}.",
            hint=_TOKEN if status in (401, 403) else f"Try again later. {_ELSEWHERE}",
        )
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return ModelMissing("The disk is full.", hint="Make room and pull again; it goes on.")
    return ModelMissing(
        f"{model} could not be downloaded from {constants.ENDPOINT}: {type(error).__name__}.",
        hint=f"Pull again; it goes on where it stopped. {_ELSEWHERE}",
    )
