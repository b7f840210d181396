import pytest
from rich.console import Console

from khabar.errors import FieldInvalid, ModelMissing
from khabar.languages import Language
from khabar.recipe import ModelChoice
from khabar.summary import ModelUse
from tests.workers.models.folders import CARD, FILES, converted
from workers.models.install import install_from_folder
from workers.models.progress import DownloadProgress
from workers.models.pull import pull
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


@pytest.fixture
def shipping(tmp_path):
    install_from_folder(converted(tmp_path / "source"), ModelStore(tmp_path / "shipped"), CARD)
    return ModelStore(tmp_path / "own", shipped=tmp_path / "shipped")


def test_what_is_shipped_is_there_without_being_installed(shipping):
    model = shipping.find("owner/model", "abc")
    assert shipping.ships(model)
    assert shipping.installed() == (model,)
    assert shipping.sizes() == {"owner/model@abc": model.size}
    assert not shipping.folder.exists()


def test_what_is_shipped_stays(shipping):
    with pytest.raises(FieldInvalid, match="comes with khabar"):
        shipping.remove("owner/model")
    assert shipping.verify(shipping.find("owner/model")) == ()


def test_another_revision_may_be_installed_beside_the_shipped_one(shipping, tmp_path):
    newer = CARD.model_copy(update={"revision": "def"})
    install_from_folder(tmp_path / "source", ModelStore(shipping.folder), newer)
    assert shipping.find("owner/model", "def").folder.parent == shipping.folder
    assert shipping.ships(shipping.find("owner/model", "abc"))
    assert shipping.sizes().keys() == {"owner/model@abc", "owner/model@def"}
    assert shipping.remove("owner/model") > 0
    with pytest.raises(ModelMissing, match="another revision"):
        shipping.find("owner/model", "def")


def test_a_shipped_model_that_is_damaged_comes_back_with_the_package(shipping):
    choice = ModelChoice(
        id="owner/model",
        revision="abc",
        licence="MIT",
        pairs=((Language.ENGLISH, Language.RUSSIAN),),
    )
    assert shipping.find_sound(choice, "desk").manifest.licence == "MIT"
    (shipping.find("owner/model").folder / "model.bin").write_bytes(b"changed")
    with pytest.raises(ModelMissing, match=r"damaged: model\.bin") as caught:
        shipping.find_sound(choice, "desk")
    assert "install khabar again" in str(caught.value.hint)
    with pytest.raises(ModelMissing, match=r"damaged: model\.bin") as caught:
        pull([choice], shipping, DownloadProgress(Console(quiet=True)), device="cpu")
    assert "install khabar again" in str(caught.value.hint)


def test_a_damaged_manifest_hides_no_sound_copy(shipping, tmp_path):
    newer = CARD.model_copy(update={"revision": "def"})
    install_from_folder(tmp_path / "source", ModelStore(shipping.folder), newer)
    for broken, sound in ((shipping.folder, "abc"), (shipping.shipped, "def")):
        manifest = broken / "owner--model" / "manifest.json"
        whole = manifest.read_bytes()
        manifest.write_text("{}")
        assert shipping.find("owner/model", sound).manifest.revision == sound
        manifest.write_bytes(whole)


def test_a_manifest_that_is_no_text_is_a_damaged_one(store):
    (store.path_of("owner/model") / "manifest.json").write_bytes(b"\xff\xfe")
    assert store.sizes() == {}
    with pytest.raises(ModelMissing, match="damaged"):
        store.find("owner/model")


@pytest.mark.parametrize(
    ("store_name", "hint"), [("shipped", "install khabar again"), ("own", "models pull")]
)
def test_what_mends_a_manifest_depends_on_whose_it_is(tmp_path, store_name, hint):
    install_from_folder(converted(tmp_path / "source"), ModelStore(tmp_path / store_name), CARD)
    (tmp_path / store_name / "owner--model" / "manifest.json").write_text("{}")
    store = ModelStore(tmp_path / "own", shipped=tmp_path / "shipped")
    for ask in (lambda: store.find("owner/model"), store.installed):
        with pytest.raises(ModelMissing, match="manifest") as caught:
            ask()
        assert hint in str(caught.value.hint)


def test_a_copy_for_the_asked_engine_is_found(shipping, tmp_path):
    own = shipping.folder / "owner--model"
    install_from_folder(tmp_path / "source", ModelStore(shipping.folder), CARD)
    text = (own / "manifest.json").read_text("utf-8")
    (own / "manifest.json").write_text(text.replace('"engine": "ct2"', '"engine": "hf"'), "utf-8")
    assert shipping.ships(shipping.find("owner/model", "abc", engine="ct2"))
    assert shipping.find("owner/model", "abc", engine="hf").folder == own
    assert len(shipping.copies("owner/model")) == 2
