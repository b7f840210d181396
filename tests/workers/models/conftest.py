"""The model hub on loopback, and the hub's client pointed to it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest
from huggingface_hub.utils import close_session

from tests.hub.server import HubServer

OpenHub = Callable[..., HubServer]

FILES = {
    "config.json": b'{"architectures": ["MarianMTModel"]}',
    "model.safetensors": bytes(range(256)) * 1024,
    "source.spm": b"source",
    "target.spm": b"target",
    "vocab.json": b"{}",
}


@pytest.fixture
def open_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenHub]:
    """Start servers that are stopped at the end; the client asks the last one."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nonexistent")
    # The client writes down what arrives in pieces of 10 MB, more than all files here.
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 500)
    _wait_for_nothing(monkeypatch)
    with ExitStack() as stack:

        def open_one(**state: Any) -> HubServer:
            server = stack.enter_context(HubServer(**{"files": dict(FILES), **state}))
            point_to(server.url, monkeypatch)
            return server

        yield open_one
        close_session()


def point_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the client ask this address, as HF_ENDPOINT does when it is imported."""
    template = url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", url)
    monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)


def _wait_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait out the pauses between the client's attempts, or ours."""
    hasty = SimpleNamespace(**{**vars(time), "sleep": lambda _: None})
    for module in ("huggingface_hub.file_download", "huggingface_hub.utils._http"):
        monkeypatch.setattr(f"{module}.time", hasty)
    monkeypatch.setattr("workers.models.download.time", hasty)
