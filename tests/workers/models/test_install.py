import importlib.util

import pytest

from khabar.errors import FieldInvalid, ModelMissing
from tests.workers.models.folders import CARD, FILES, converted
from workers.models.converted import read_weights
from workers.models.install import install_from_folder
from workers.models.manifest import TokenizerKind
from workers.models.store import ModelStore


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "models")


def test_a_converted_model_is_copied_with_the_sums_of_its_files(store, tmp_path):
    source = converted(tmp_path / "source", **{"README.md": b"not needed"})
    model = install_from_folder(source, store, CARD, quantization="int8")
    assert model.folder == store.folder / "owner--model"
    assert set(model.manifest.files) == set(FILES)
    assert {name: (model.folder / name).read_bytes() for name in FILES} == FILES
    assert model.manifest.quantization == "int8"
    assert model.manifest.licence == "CC-BY-4.0"
    assert store.verify(model) == ()


def test_nothing_but_the_model_is_left_in_the_store(store, tmp_path):
    install_from_folder(converted(tmp_path / "source"), store, CARD)
    assert [path.name for path in store.folder.iterdir()] == ["owner--model"]


def test_a_new_revision_takes_the_place_of_the_old(store, tmp_path):
    install_from_folder(converted(tmp_path / "one"), store, CARD)
    newer = CARD.model_copy(update={"revision": "def"})
    source = converted(tmp_path / "two", **{"model.bin": b"other"})
    model = install_from_folder(source, store, newer)
    assert (model.folder / "model.bin").read_bytes() == b"other"
    assert [found.manifest.revision for found in store.installed()] == ["def"]
    assert [path.name for path in store.folder.iterdir()] == ["owner--model"]


@pytest.mark.parametrize("name", ["source.spm", "target.spm", "config.json"])
def test_what_fails_leaves_the_old_model_as_it_was(store, tmp_path, name):
    install_from_folder(converted(tmp_path / "one"), store, CARD)
    with pytest.raises(FieldInvalid, match=name):
        install_from_folder(converted(tmp_path / "two", **{name: None}), store, CARD)
    assert [path.name for path in store.folder.iterdir()] == ["owner--model"]
    assert store.verify(store.find(CARD.id)) == ()


def test_a_tokenizer_of_transformers_gets_a_folder_of_its_own(store, tmp_path):
    source = converted(
        tmp_path / "source", **{"tokenizer_config.json": b"{}", "tokenizer.json": b"{}"}
    )
    card = CARD.model_copy(update={"tokenizer": TokenizerKind.TRANSFORMERS})
    model = install_from_folder(source, store, card)
    assert (model.folder / "tokenizer" / "tokenizer.json").is_file()
    again = install_from_folder(model.folder, store, card.model_copy(update={"id": "owner/copy"}))
    assert set(again.manifest.files) == set(model.manifest.files)


def test_weights_over_a_size_are_kept_in_parts(store, tmp_path):
    model = install_from_folder(converted(tmp_path / "source"), store, CARD, largest_file=3)

    names = [f"model.bin.0000{number}-of-00003" for number in (1, 2, 3)]
    assert sorted(path.name for path in model.folder.glob("model.bin*")) == names
    assert [(model.folder / name).read_bytes() for name in names] == [b"wei", b"ght", b"s"]
    assert set(names) < set(model.manifest.files)
    assert store.verify(model) == ()
    assert read_weights(model.folder) == FILES["model.bin"]


def test_weights_of_the_size_stay_one_file(store, tmp_path):
    size = len(FILES["model.bin"])
    model = install_from_folder(converted(tmp_path / "source"), store, CARD, largest_file=size)
    assert set(model.manifest.files) == set(FILES)


def test_a_model_in_parts_can_be_installed_elsewhere(store, tmp_path):
    model = install_from_folder(converted(tmp_path / "source"), store, CARD, largest_file=3)
    again = install_from_folder(model.folder, ModelStore(tmp_path / "other"), CARD)
    assert again.manifest.files == model.manifest.files


@pytest.mark.parametrize("largest", [2, 100])
def test_parts_are_made_smaller_where_they_are_too_large(store, tmp_path, largest):
    model = install_from_folder(converted(tmp_path / "source"), store, CARD, largest_file=3)
    again = install_from_folder(
        model.folder, ModelStore(tmp_path / "other"), CARD, largest_file=largest
    )
    sizes = [path.stat().st_size for path in again.folder.glob("model.bin*")]
    assert max(sizes) <= min(largest, 3)
    assert read_weights(again.folder) == FILES["model.bin"]


@pytest.mark.parametrize(
    "changes",
    [
        *({f"model.bin.0000{number}-of-00003": None} for number in (1, 2, 3)),
        {"model.bin": b"other"},
        {"model.bin.00001-of-00002": b"other"},
    ],
)
def test_a_model_whose_weights_are_not_one_whole_is_not_installed(store, tmp_path, changes):
    model = install_from_folder(converted(tmp_path / "source"), store, CARD, largest_file=3)
    for name, content in changes.items():
        if content is None:
            (model.folder / name).unlink()
        else:
            (model.folder / name).write_bytes(content)
    with pytest.raises(ModelMissing, match=r"neither one model\.bin nor all") as caught:
        install_from_folder(model.folder, ModelStore(tmp_path / "other"), CARD)
    assert "model.bin.0000" in caught.value.given
    assert "Copy the folder again" in caught.value.hint


def test_a_folder_without_any_weights_is_told_what_is_missing(store, tmp_path):
    source = converted(tmp_path / "source", **{"model.bin": None})
    with pytest.raises(FieldInvalid, match="neither CTranslate2's nor safetensors") as caught:
        install_from_folder(source, store, CARD)
    assert "docs/models.md" in caught.value.hint


def test_other_files_of_like_names_are_not_looked_at(store, tmp_path):
    source = converted(
        tmp_path / "source", **{"model.bin.bak": b"", "model-00001-of-00002.bin": b""}
    )
    assert set(install_from_folder(source, store, CARD).manifest.files) == set(FILES)


def test_pickled_weights_are_refused(store, tmp_path):
    source = tmp_path / "checkpoint"
    source.mkdir()
    (source / "config.json").write_text("{}")
    (source / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(FieldInvalid, match="pickled"):
        install_from_folder(source, store, CARD)


def test_a_conversion_without_torch_says_what_to_install(store, tmp_path, monkeypatch):
    source = tmp_path / "checkpoint"
    source.mkdir()
    (source / "config.json").write_text("{}")
    (source / "model.safetensors").write_bytes(b"")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModelMissing) as caught:
        install_from_folder(source, store, CARD)
    assert "khabar[torch]" in caught.value.hint


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_a_folder_without_a_model_is_refused(store, tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FieldInvalid):
        install_from_folder(tmp_path / name, store, CARD)
    assert store.installed() == ()
