import threading
from pathlib import Path

import pytest

from service.embedded.running_service import (
    AlreadyRunning,
    RunningService,
    StillStarting,
    VarFolder,
    find_running,
)

SERVICE = RunningService(url="http://127.0.0.1:8000", pid=4711, store_url="unix:///redis.sock")


def test_nothing_runs_on_a_folder_that_is_not_there(tmp_path: Path):
    assert find_running(tmp_path / "absent") is None


def test_a_running_service_is_found_until_it_ends(tmp_path: Path):
    folder = VarFolder(tmp_path / "var").hold()
    folder.announce(SERVICE)
    assert find_running(tmp_path / "var") == SERVICE
    folder.release()
    assert find_running(tmp_path / "var") is None


def test_a_second_service_is_refused_and_told_where_the_first_is(tmp_path: Path):
    folder = VarFolder(tmp_path).hold()
    folder.announce(SERVICE)
    with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8000 .* \(process 4711\)"):
        VarFolder(tmp_path).hold()
    folder.release()
    VarFolder(tmp_path).hold().release()


def test_a_file_that_a_killed_service_left_counts_for_nothing(tmp_path: Path):
    (tmp_path / "service.lock").touch()
    (tmp_path / "service.json").write_text(SERVICE.model_dump_json())
    assert find_running(tmp_path) is None
    folder = VarFolder(tmp_path).hold()
    assert not (tmp_path / "service.json").exists()
    folder.release()


def test_a_service_that_starts_is_waited_for(tmp_path: Path):
    folder = VarFolder(tmp_path).hold()
    later = threading.Timer(0.2, folder.announce, [SERVICE])
    later.start()
    assert find_running(tmp_path) == SERVICE
    later.join()
    folder.release()


def test_a_command_that_serves_only_itself_is_waited_for(tmp_path: Path):
    folder = VarFolder(tmp_path).hold()
    later = threading.Timer(0.2, folder.release)
    later.start()
    assert find_running(tmp_path) is None
    later.join()


def test_one_that_never_says_where_it_is_ends_the_wait(tmp_path: Path):
    folder = VarFolder(tmp_path).hold()
    with pytest.raises(StillStarting):
        find_running(tmp_path, within_seconds=0.1)
    folder.release()
