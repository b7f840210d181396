"""From a recipe to a model that translates, with the hub on loopback."""

import importlib.util
import json
import os
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from khabar.errors import FieldInvalid, ModelMissing, RecipeInvalid
from khabar.languages import Language
from khabar.recipe import ModelChoice, RecipeBook
from tests.hub.server import COMMIT, files_of
from tests.models.tiny_marian import TAGS, tiny_checkpoint
from tests.workers.models.conftest import FILES, OpenHub
from workers.engines.ct2 import load_engine
from workers.models.progress import DownloadProgress
from workers.models.pull import Pulled, pull
from workers.models.store import SHIPPED, ModelStore
from workers.protocols import Decoding

EN, RU = Language.ENGLISH, Language.RUSSIAN
CHOICE = ModelChoice(
    id="desk/en-ru",
    revision=COMMIT,
    licence="Apache-2.0",
    pairs=((EN, RU),),
    target_tokens={RU: (TAGS[RU],)},
    max_source_tokens=64,
    max_target_tokens=64,
)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def pull_quietly(store: ModelStore, *choices: ModelChoice, folder: Path | None = None) -> Pulled:
    progress = DownloadProgress(Console(quiet=True))
    return pull(choices, store, progress, device="cpu", folder=folder)


def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("The network was touched.")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("tokenizer", ["sentencepiece", "transformers"])
def test_a_model_is_pulled_converted_and_runs_without_a_network(
    open_hub: OpenHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch, tokenizer: str
):
    open_hub(files=files_of(tiny_checkpoint()))
    choice = CHOICE.model_copy(update={"tokenizer": tokenizer})
    assert pull_quietly(store, choice) == Pulled((CHOICE.id,), ())
    assert sorted(path.name for path in store.folder.iterdir()) == [
        ".downloads",
        ".lock",
        "desk--en-ru",
    ]
    assert list((store.folder / ".downloads").iterdir()) == []

    no_network(monkeypatch)
    assert pull_quietly(store, choice) == Pulled((), (CHOICE.id,))
    model = store.find_sound(choice, "desk")
    assert (model.manifest.quantization, model.manifest.architecture) == ("int8", "MarianMTModel")
    assert model.manifest.tokenizer == tokenizer
    sentence = "The minister met the ambassador in Moscow on Monday."
    (output,) = load_engine(model).generate([sentence], Decoding(max_length=64), target=RU)
    assert any("а" <= letter <= "я" for letter in output.text.lower())


def test_what_comes_with_the_package_needs_no_folder_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    no_network(monkeypatch)
    choices = RecipeBook.load(None, "builtin").default.models
    (tmp_path / "models").write_text("No folder can be made here.")
    store = ModelStore(tmp_path / "models", SHIPPED)
    assert pull_quietly(store, *choices) == Pulled((), tuple(choice.id for choice in choices))


def test_what_should_have_come_with_the_package_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    no_network(monkeypatch)
    choice = RecipeBook.load(None, "builtin").default.models[0]
    store = ModelStore(tmp_path / "models", SHIPPED)
    with pytest.raises(ModelMissing, match="is not here") as missing:
        pull_quietly(store, choice.model_copy(update={"revision": "another"}))
    assert "install khabar again" in str(missing.value.hint)
    assert not store.folder.exists()


def test_a_checkpoint_for_transformers_is_kept_as_it_is(open_hub: OpenHub, store: ModelStore):
    open_hub(files={**FILES, "modeling_own.py": b"", "tokenizer_config.json": b"{}"})
    choice = CHOICE.model_copy(update={"engine": "hf"})
    pull_quietly(store, choice)
    model = store.find_sound(choice, "desk")
    assert set(model.manifest.files) == {"config.json", "model.safetensors", "source.spm"} | {
        "target.spm",
        "tokenizer_config.json",
        "vocab.json",
    }
    assert model.manifest.quantization == "as published"
    with pytest.raises(ModelMissing, match="another engine"):
        store.find_sound(CHOICE, "desk")


def test_nothing_is_fetched_where_the_disk_is_too_small(
    open_hub: OpenHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch
):
    hub = open_hub()
    # Room for the download, and not for what is made of it.
    room = sum(map(len, FILES.values())) + 1000
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=room, f_frsize=1))
    with pytest.raises(ModelMissing, match="no room") as missing:
        pull_quietly(store, CHOICE)
    assert missing.value.limit == room
    assert missing.value.given == pytest.approx(sum(map(len, FILES.values())) + 137_626, abs=9)
    assert [request.path for request in hub.requests] == [f"/api/models/desk/en-ru/tree/{COMMIT}"]


def test_nothing_is_fetched_that_could_not_be_converted(
    open_hub: OpenHub, store: ModelStore, monkeypatch: pytest.MonkeyPatch
):
    hub = open_hub()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelMissing, match="torch") as missing:
        pull_quietly(store, CHOICE)
    assert "khabar[torch]" in str(missing.value.hint)
    assert hub.gets("model.safetensors") == []


def test_a_name_that_can_move_is_refused_before_the_hub_is_asked(
    open_hub: OpenHub, store: ModelStore
):
    hub = open_hub()
    with pytest.raises(RecipeInvalid):
        pull_quietly(store, CHOICE, CHOICE.model_copy(update={"id": "m", "revision": "main"}))
    assert hub.requests == []


def test_a_pull_that_broke_off_goes_on_and_leaves_no_model_before_that(
    open_hub: OpenHub, store: ModelStore
):
    hub = open_hub(cuts={"model.safetensors": [2000, *[0] * 30]})
    with pytest.raises(ModelMissing, match="could not be downloaded"):
        pull_quietly(store, CHOICE)
    assert store.installed() == ()
    hub.cuts.clear()
    hub.requests.clear()
    hf = CHOICE.model_copy(update={"engine": "hf"})
    assert pull_quietly(store, hf) == Pulled((CHOICE.id,), ())
    assert [request.headers["range"] for request in hub.gets("model.safetensors")] == [
        "bytes=2000-"
    ]


def test_a_copy_that_was_damaged_on_its_way_is_refused(
    open_hub: OpenHub, store: ModelStore, tmp_path: Path
):
    hf = CHOICE.model_copy(update={"engine": "hf"})
    open_hub()
    pull_quietly(store, hf)
    folder = store.path_of(CHOICE.id)
    (folder / "vocab.json").write_bytes(b"[]")
    elsewhere = ModelStore(tmp_path / "elsewhere")
    with pytest.raises(FieldInvalid, match=r"vocab\.json"):
        pull_quietly(elsewhere, hf, folder=store.folder)
    assert elsewhere.installed() == ()


def test_what_a_recipe_states_replaces_what_was_installed(open_hub: OpenHub, store: ModelStore):
    open_hub()
    hf = CHOICE.model_copy(update={"engine": "hf"})
    pull_quietly(store, hf)
    changed = hf.model_copy(update={"target_tokens": {RU: (">>x<<",)}, "max_source_tokens": 32})
    manifest = store.find_sound(changed, "desk").manifest
    assert manifest.target_tokens == {RU: (">>x<<",)}
    assert (manifest.max_source_tokens, manifest.max_target_tokens) == (32, 64)
    written = json.loads((store.path_of(CHOICE.id) / "manifest.json").read_text())
    assert written["max_source_tokens"] == 64


def test_damage_is_told_before_a_model_is_loaded(open_hub: OpenHub, store: ModelStore):
    open_hub()
    hf = CHOICE.model_copy(update={"engine": "hf"})
    pull_quietly(store, hf)
    weights = store.path_of(CHOICE.id) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelMissing, match=r"damaged: model\.safetensors") as missing:
        store.find_sound(hf, "desk")
    assert "khabar models pull desk" in str(missing.value.hint)
    assert pull_quietly(store, hf) == Pulled((CHOICE.id,), ())
    store.find_sound(hf, "desk")


def test_a_model_named_twice_is_pulled_once(open_hub: OpenHub, store: ModelStore):
    hub = open_hub()
    hf = CHOICE.model_copy(update={"engine": "hf"})
    assert pull_quietly(store, hf, hf).installed == (CHOICE.id,)
    assert len(hub.gets("model.safetensors")) == 1


def test_models_that_run_elsewhere_are_not_pulled(store: ModelStore):
    remote = CHOICE.model_copy(update={"engine": "openai"})
    assert pull_quietly(store, remote) == Pulled((), ())


def test_our_own_models_are_looked_for_on_no_hub(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
):
    no_network(monkeypatch)
    other = CHOICE.model_copy(update={"id": "khabar/builtin-from-english"})
    with pytest.raises(ModelMissing, match="is not here") as missing:
        pull_quietly(store, other)
    assert "install khabar again" in str(missing.value.hint)
