import json
import os
from pathlib import Path

import pytest
import structlog

from khabar.audit import AuditLog
from khabar.errors import AuditUnwritable
from khabar.settings import Settings


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_act_is_a_line_with_its_time(tmp_path: Path):
    path = tmp_path / "log" / "audit.jsonl"
    log = AuditLog(path)
    log.write({"who": "k1", "status": 202, "code": None}, {"who": "k2"})
    log.write({"who": "k3"})
    log.close()
    acts = lines_of(path)
    assert [act.pop("time")[-6:] for act in acts] == ["+00:00"] * 3
    assert acts[0] == {"logger": "khabar.audit", "who": "k1", "status": 202}
    assert [act["who"] for act in acts] == ["k1", "k2", "k3"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_several_processes_add_to_one_file(tmp_path: Path):
    logs = [AuditLog(tmp_path / "audit") for _ in range(3)]
    for number in range(30):
        logs[number % 3].write({"number": number})
    for log in logs:
        log.close()
    assert [act["number"] for act in lines_of(tmp_path / "audit")] == list(range(30))


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("khabar.audit._LOOK_SECONDS", 0)
    path = tmp_path / "audit"
    log = AuditLog(path)
    log.write({"number": 1})
    path.rename(tmp_path / "audit.1")
    log.write({"number": 2})
    log.close()
    assert [act["number"] for act in lines_of(tmp_path / "audit.1")] == [1]
    assert [act["number"] for act in lines_of(path)] == [2]


def test_a_line_can_go_to_standard_output(tmp_path: Path):
    reader, writer = os.pipe()
    log = AuditLog("-", stdout=writer)
    log.open()
    log.write({"who": "k1"})
    log.close()
    assert json.loads(os.read(reader, 1000))["who"] == "k1"
    os.close(reader)
    os.close(writer)


def test_without_a_setting_it_lies_in_the_var_folder(settings: Settings):
    log = AuditLog.of(settings)
    log.open()
    log.close()
    assert (settings.var_folder / "log" / "audit.jsonl").is_file()


def test_a_file_that_cannot_be_opened_is_told_at_once(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(AuditUnwritable, match="cannot be written") as told:
        AuditLog(tmp_path / "file" / "audit").open()
    assert told.value.field == "KHABAR_AUDIT_FILE"


def test_on_a_full_disk_the_line_goes_loudly_to_the_other_log():
    log = AuditLog(Path("/dev/full"))
    with structlog.testing.capture_logs() as told:
        log.write({"who": "k1"}, {"who": "k2"})
    log.close()
    assert [entry["log_level"] for entry in told] == ["error", "error"]
    assert [entry["act"]["who"] for entry in told] == ["k1", "k2"]
    assert told[0]["reason"] == "No space left on device"
    assert log.failures == 2


def test_after_half_a_line_the_next_ones_are_whole(tmp_path: Path, monkeypatch):
    path = tmp_path / "audit"
    log = AuditLog(path)
    log.write({"number": 1})
    write = os.write
    monkeypatch.setattr("os.write", lambda file, content: write(file, content[:20]))
    with structlog.testing.capture_logs() as told:
        log.write({"number": 2})
    assert told[0]["act"]["number"] == 2
    monkeypatch.setattr("os.write", write)
    log.write({"number": 3})
    log.close()
    first, half, third = path.read_text("utf-8").splitlines()
    assert (json.loads(first)["number"], json.loads(third)["number"]) == (1, 3)
    with pytest.raises(json.JSONDecodeError):
        json.loads(half)
