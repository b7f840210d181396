"""``khabar keys`` on a store, and what is written of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from khabar.settings import Settings
from service.cli.app import build
from service.cli.exits import Exit

Khabar = Callable[..., Result]


@pytest.fixture
def khabar(settings: Settings) -> Khabar:
    environment = {
        "KHABAR_STORE_URL": settings.store_url,
        "KHABAR_VAR_FOLDER": str(settings.var_folder),
        "LOGNAME": "amina",
    }

    def run(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(build(), arguments, env={**environment, **more})

    return run


def made(khabar: Khabar, *options: str) -> dict:
    result = khabar("keys", "create", "desk", "--json", *options)
    assert result.exit_code == Exit.DONE, result.output
    return json.loads(result.stdout)


def listed(khabar: Khabar) -> list[dict]:
    return json.loads(khabar("keys", "list", "--json").stdout)


def test_a_key_is_made_with_what_it_may_do(khabar: Khabar):
    options = ("--scope", "admin, read", "--expires", "90d", "--rate", "120", "--daily", "0")
    key = made(khabar, *options)
    assert key["token"].startswith(f"kh_{key['id']}_")
    (kept,) = listed(khabar)
    assert (kept["scopes"], kept["rate"], kept["daily"]) == (["read", "admin"], 120, 0)
    assert (kept["state"], kept["name"]) == ("valid", "desk")
    assert kept["expires_at"] is not None
    header, row = khabar("keys", "list").stdout.splitlines()
    assert " ".join(header.split()) == "id state expires scopes a minute a day made name"
    assert row.split()[3:6] == ["read,admin", "120", "any"]


def test_a_key_has_no_end_and_the_usual_scopes_unless_it_is_said(khabar: Khabar):
    key = made(khabar)
    assert (key["scopes"], key["expires_at"]) == (["submit", "read"], None)
    assert (key["rate"], key["daily"]) == (None, None)
    row = khabar("keys", "list").stdout.splitlines()[1].split()
    assert row[2:6] == ["never", "submit,read", "default", "default"]


def test_no_secret_is_shown_again(khabar: Khabar):
    key = made(khabar)
    told = [
        khabar("keys", "list").stdout,
        khabar("keys", "list", "--json").stdout,
        khabar("keys", "show", key["id"]).stdout,
        khabar("keys", "show", key["id"], "--json").stdout,
        khabar("keys", "revoke", key["id"]).stdout,
    ]
    for text in told:
        assert key["id"] in text
        assert key["token"][-64:] not in text
        assert "sha256" not in text


def test_a_rotated_key_has_a_second_token_for_a_while(khabar: Khabar):
    key = made(khabar, "--expires", "30d")
    rotated = json.loads(khabar("keys", "rotate", key["id"], "--json").stdout)
    assert rotated["id"] == key["id"]
    assert rotated["token"] != key["token"]
    assert len(rotated["tokens"]) == 2
    assert rotated["state"] == "rotating"
    assert "rotating" in khabar("keys", "list").stdout
    again = khabar("keys", "rotate", key["id"])
    assert again.exit_code == Exit.WRONG_USE
    assert "rotation_refused" in again.stderr
    at_once = khabar("keys", "rotate", key["id"], "--overlap", "0", "--expires", "never", "--json")
    assert json.loads(at_once.stdout)["expires_at"] is None
    assert [kept["state"] for kept in listed(khabar)] == ["valid"]


def test_a_key_is_changed_and_stays_the_same(khabar: Khabar):
    key = made(khabar, "--rate", "5", "--daily", "50")
    changed = khabar("keys", "change", key["id"], "--rate", "default", "--scope", "read")
    assert changed.exit_code == Exit.DONE
    (kept,) = listed(khabar)
    assert (kept["id"], kept["rate"], kept["daily"]) == (key["id"], None, 50)
    assert kept["scopes"] == ["read"]
    assert kept["tokens"] == key["tokens"]


def test_a_revoked_key_is_listed_as_such(khabar: Khabar):
    key = made(khabar)
    assert khabar("keys", "revoke", key["id"]).exit_code == Exit.DONE
    assert listed(khabar)[0]["state"] == "revoked"


@pytest.mark.parametrize("command", ["revoke", "rotate", "show", "change"])
def test_an_unknown_id_is_told(khabar: Khabar, command: str):
    result = khabar("keys", command, "0" * 16)
    assert result.exit_code == Exit.FAILED
    assert "key_unknown" in result.stderr


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--scope", "write"), "--scope"),
        (("--scope", ""), "--scope"),
        (("--expires", "soon"), "--expires"),
        (("--expires", "2020-01-01"), "expires"),
        (("--rate", "-1"), "--rate"),
        (("--rate", "1000001"), "--rate"),
        (("--daily", "many"), "--daily"),
    ],
)
def test_what_cannot_be_is_told_by_its_option(khabar: Khabar, options: tuple[str, ...], field: str):
    result = khabar("keys", "create", "desk", "--json", *options)
    assert result.exit_code == Exit.WRONG_USE
    error = json.loads(result.stdout)["error"]
    assert (error["code"], error["field"]) == ("field_invalid", field)
    assert listed(khabar) == []


def test_every_act_is_written_down_and_no_token(khabar: Khabar, settings: Settings):
    key = made(khabar)
    rotated = json.loads(khabar("keys", "rotate", key["id"], "--json").stdout)
    khabar("keys", "change", key["id"], "--rate", "7")
    khabar("keys", "list")
    khabar("keys", "revoke", key["id"])
    khabar("keys", "rotate", key["id"])
    khabar("keys", "revoke", key["token"])
    khabar("withdraw", "a" * 64)
    text = (settings.var_folder / "log" / "audit.jsonl").read_text("utf-8")
    acts = [json.loads(line) for line in text.splitlines()]
    assert [(act["action"], act.get("key"), act["outcome"]) for act in acts] == [
        ("keys create", key["id"], "done"),
        ("keys rotate", key["id"], "done"),
        ("keys change", key["id"], "done"),
        ("keys revoke", key["id"], "done"),
        ("keys rotate", key["id"], "rotation_refused"),
        ("keys revoke", None, "key_unknown"),
        ("withdraw", None, "article_unknown"),
    ]
    assert {act["who"] for act in acts} == {"cli:amina"}
    assert acts[-1]["article"] == "a" * 64
    for token in (key["token"], rotated["token"]):
        assert token[-64:] not in text


def test_nothing_is_done_where_it_cannot_be_written_down(khabar: Khabar, tmp_path: Path):
    (tmp_path / "file").touch()
    result = khabar("keys", "create", "desk", KHABAR_AUDIT_FILE=str(tmp_path / "file" / "audit"))
    assert result.exit_code == Exit.WRONG_USE
    assert "audit_unwritable" in result.stderr
    assert listed(khabar) == []
