import hashlib

import pytest

from khabar.errors import ModelMissing, RecipeInvalid
from khabar.recipe import ModelChoice
from tests.hub.server import COMMIT
from tests.workers.models.conftest import FILES, OpenHub, point_to
from workers.models.hub import HubModel, hub_model, list_files, require_online

MODEL = HubModel("desk/en-ru", COMMIT)


def choice(revision: str) -> ModelChoice:
    return ModelChoice(id=MODEL.id, revision=revision, licence="MIT", pairs=(("en", "ru"),))


@pytest.mark.parametrize("revision", ["main", "v1.0", "refs/pr/7", COMMIT[:12], COMMIT.upper()])
def test_only_a_commit_is_asked_for(revision: str):
    with pytest.raises(RecipeInvalid) as refused:
        hub_model(choice(revision))
    assert refused.value.given == revision
    assert "--from" in str(refused.value.hint)


def test_a_commit_is_asked_for():
    assert hub_model(choice(COMMIT)) == MODEL


def test_files_are_listed_with_size_and_sum(open_hub: OpenHub):
    open_hub()
    found = {file.path: file for file in list_files(MODEL)}
    assert found.keys() == FILES.keys()
    weights = FILES["model.safetensors"]
    assert found["model.safetensors"].sha256 == hashlib.sha256(weights).hexdigest()
    assert found["model.safetensors"].size == len(weights)
    assert found["source.spm"].sha256 is None


def test_a_small_file_is_known_by_its_name_in_git(open_hub: OpenHub, tmp_path):
    open_hub()
    file = next(file for file in list_files(MODEL) if file.path == "source.spm")
    (tmp_path / "good").write_bytes(FILES["source.spm"])
    (tmp_path / "bad").write_bytes(b"tource")
    assert file.is_whole(tmp_path / "good")
    assert not file.is_whole(tmp_path / "bad")


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({"model": "desk/other"}, "has no model"),
        ({"commit": "f" * 40}, "no revision"),
        ({"refusal": (403, "GatedRepo")}, "accepted its terms"),
        ({"token": "secret"}, "401"),
        ({"refusal": (403, "")}, "403"),
        ({"refusal": (500, "")}, "500"),
        ({"refusal": (429, "")}, "too many requests"),
    ],
)
def test_what_the_hub_refuses_is_told(open_hub: OpenHub, state: dict[str, object], told: str):
    open_hub(**state)
    with pytest.raises(ModelMissing, match=told) as missing:
        list_files(MODEL)
    assert missing.value.hint


def test_a_server_that_is_gone_is_told_with_what_to_do(
    open_hub: OpenHub, monkeypatch: pytest.MonkeyPatch
):
    open_hub()
    point_to("http://127.0.0.1:9", monkeypatch)
    with pytest.raises(ModelMissing, match=r"127\.0\.0\.1:9") as missing:
        list_files(MODEL)
    assert "--from" in str(missing.value.hint)


def test_offline_nothing_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelMissing, match="HF_HUB_OFFLINE") as missing:
        require_online(MODEL)
    assert "--from" in str(missing.value.hint)
