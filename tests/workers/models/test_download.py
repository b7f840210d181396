import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from khabar.errors import ModelMissing
from tests.hub.server import COMMIT, HubServer
from tests.workers.models.conftest import FILES, OpenHub
from workers.models.download import download, present_bytes
from workers.models.hub import HubModel, list_files
from workers.models.progress import Advance, DownloadProgress
from workers.models.selection import select

MODEL = HubModel("desk/en-ru", COMMIT)
WEIGHTS = "model.safetensors"
SIZE = len(FILES[WEIGHTS])


def fetch(folder: Path) -> None:
    files = select(list_files(MODEL), MODEL).files
    download(files, MODEL, folder, DownloadProgress(Console(quiet=True)))


def arrived(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def ranges(hub: HubServer) -> list[str | None]:
    return [request.headers.get("range") for request in hub.gets(WEIGHTS)]


def test_every_file_arrives_as_it_is(open_hub: OpenHub, tmp_path: Path):
    open_hub()
    fetch(tmp_path / "in")
    assert arrived(tmp_path / "in") == FILES


def test_a_connection_that_ends_early_is_gone_on_with(open_hub: OpenHub, tmp_path: Path):
    hub = open_hub(cuts={WEIGHTS: [1000, 5000]})
    fetch(tmp_path / "in")
    assert arrived(tmp_path / "in") == FILES
    assert ranges(hub) == [None, "bytes=1000-", "bytes=6000-"]


def test_a_connection_that_is_reset_is_gone_on_with(open_hub: OpenHub, tmp_path: Path):
    hub = open_hub(cuts={WEIGHTS: [100_000]}, reset=True)
    fetch(tmp_path / "in")
    assert arrived(tmp_path / "in") == FILES
    assert len(ranges(hub)) == 2


def test_an_error_of_the_server_is_tried_again(open_hub: OpenHub, tmp_path: Path):
    hub = open_hub(failures={WEIGHTS: 2})
    fetch(tmp_path / "in")
    assert arrived(tmp_path / "in") == FILES
    assert len(ranges(hub)) == 3


def test_attempts_are_bounded_and_what_has_arrived_stays(open_hub: OpenHub, tmp_path: Path):
    hub = open_hub(cuts={WEIGHTS: [70_000, *[0] * 20]})
    with pytest.raises(ModelMissing, match="could not be downloaded"):
        fetch(tmp_path / "in")
    assert len(ranges(hub)) < 10
    assert (tmp_path / "in" / f"{WEIGHTS}.part").stat().st_size == 70_000
    files = list_files(MODEL)
    assert present_bytes(files, tmp_path / "in") == sum(map(len, FILES.values())) - SIZE + 70_000

    # What runs next is as good as another process: it knows only the folder.
    hub.cuts.clear()
    hub.requests.clear()
    fetch(tmp_path / "in")
    assert arrived(tmp_path / "in") == FILES
    assert ranges(hub) == ["bytes=70000-"]
    assert hub.gets("source.spm") == []


def test_a_damaged_part_is_fetched_anew(open_hub: OpenHub, tmp_path: Path):
    hub = open_hub()
    (tmp_path / f"{WEIGHTS}.part").write_bytes(b"x" * 5000)
    fetch(tmp_path)
    assert arrived(tmp_path) == FILES
    assert ranges(hub) == ["bytes=5000-", None]


def test_a_part_that_is_too_long_is_fetched_anew(open_hub: OpenHub, tmp_path: Path):
    hub = open_hub()
    (tmp_path / f"{WEIGHTS}.part").write_bytes(b"x" * (SIZE + 1))
    fetch(tmp_path)
    assert arrived(tmp_path) == FILES
    assert ranges(hub) == [None]


@pytest.mark.parametrize("name", [WEIGHTS, "source.spm"])
def test_a_wrong_sum_is_refused_after_a_second_try(open_hub: OpenHub, tmp_path: Path, name: str):
    hub = open_hub(corrupt={name: 9})
    with pytest.raises(ModelMissing, match=f"{name} .* damaged"):
        fetch(tmp_path / "in")
    assert len(hub.gets(name)) == 2
    assert not {name, f"{name}.part"} & {path.name for path in (tmp_path / "in").iterdir()}


def test_a_file_that_is_listed_and_not_there_is_told(open_hub: OpenHub, tmp_path: Path):
    open_hub(missing={WEIGHTS})
    with pytest.raises(ModelMissing, match="does not have it"):
        fetch(tmp_path / "in")


def test_a_token_goes_to_the_hub_and_nowhere_else(
    open_hub: OpenHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    storage = open_hub(cuts={WEIGHTS: [1000]})
    hub = open_hub(token="hf_secret", redirect=storage.url)
    fetch(tmp_path / "in")
    assert arrived(tmp_path / "in") == FILES
    assert {request.headers.get("authorization") for request in hub.requests} == {
        "Bearer hf_secret"
    }
    assert storage.gets(WEIGHTS)
    assert all("authorization" not in request.headers for request in storage.requests)
    assert "hf_secret" not in "".join((caplog.text, *capfd.readouterr()))


class Counting(DownloadProgress):
    """Adds up what it is told."""

    def __init__(self) -> None:
        super().__init__(Console(quiet=True))
        self.total = self.count = 0.0

    @contextmanager
    def download(self, _: str, total: int, present: int) -> Iterator[Advance]:
        self.total, self.count = total, present
        yield self._add

    def _add(self, count: float) -> None:
        self.count += count


@pytest.mark.parametrize("part", [FILES[WEIGHTS][:500], b"x" * 500])
def test_progress_counts_every_byte_once(open_hub: OpenHub, tmp_path: Path, part: bytes):
    open_hub(cuts={WEIGHTS: [1000]})
    (tmp_path / f"{WEIGHTS}.part").write_bytes(part)
    progress = Counting()
    download(list_files(MODEL), MODEL, tmp_path, progress)
    assert progress.count == progress.total == sum(map(len, FILES.values()))
