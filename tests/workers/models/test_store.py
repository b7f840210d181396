import pytest

from khabar.errors import ModelMissing
from khabar.summary import ModelUse
from tests.workers.models.folders import CARD, FILES, converted
from workers.models.install import install_from_folder
from workers.models.store import ModelStore


@pytest.fixture
def store(tmp_path):
    store = ModelStore(tmp_path / "models")
    install_from_folder(converted(tmp_path / "source"), store, CARD)
    return store


def test_a_model_is_found_by_id_and_revision(store):
    assert store.find("owner/model") == store.find("owner/model", "abc")
    assert store.find("owner/model").use("translation") == ModelUse(
        role="translation", id="owner/model", revision="abc", licence="CC-BY-4.0"
    )
    assert store.find("owner/model").size == sum(map(len, FILES.values()))


def test_a_model_that_is_not_there_is_missed_with_what_to_do(store):
    with pytest.raises(ModelMissing) as caught:
        store.find("owner/other", recipe="opus")
    assert "owner/other" in caught.value.message
    assert "khabar models pull opus" in caught.value.hint


def test_another_revision_is_missed_with_both(store):
    with pytest.raises(ModelMissing) as caught:
        store.find("owner/model", "def")
    assert (caught.value.limit, caught.value.given) == ("def", "abc")


def test_an_empty_store_has_no_models(tmp_path):
    assert ModelStore(tmp_path / "none").installed() == ()


def test_damage_is_told_file_by_file(store):
    model = store.find("owner/model")
    (model.folder / "model.bin").write_bytes(b"weightS")
    (model.folder / "source.spm").unlink()
    assert store.verify(model) == ("model.bin", "source.spm")


def test_a_damaged_manifest_is_a_missing_model(store):
    (store.path_of("owner/model") / "manifest.json").write_text("{}")
    with pytest.raises(ModelMissing, match="damaged"):
        store.find("owner/model")
    with pytest.raises(ModelMissing, match="damaged"):
        store.installed()


@pytest.mark.parametrize("model_id", ["../other", "a/b/c", "/etc", "a--b", ".hidden", ""])
def test_no_id_leads_out_of_the_store(store, model_id):
    with pytest.raises(ValueError, match="model id"):
        store.path_of(model_id)


def test_a_damaged_model_hides_no_other(store):
    broken = store.folder / "broken"
    broken.mkdir()
    (broken / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(ModelMissing):
        store.installed()
    assert store.sizes() == {"owner/model@abc": sum(map(len, FILES.values()))}
