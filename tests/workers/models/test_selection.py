import pytest

from khabar.errors import ModelMissing
from workers.models.hub import HubFile, HubModel
from workers.models.selection import select

MODEL = HubModel("desk/en-ru", "0" * 40)


def files(*names: str) -> list[HubFile]:
    return [HubFile(name, 100 + len(name), "0" * 40) for name in names]


def chosen(*names: str) -> set[str]:
    return {file.path for file in select(files(*names), MODEL).files}


def test_weights_in_safetensors_are_taken_and_no_other_copy_of_them():
    assert chosen(
        ".gitattributes",
        "README.md",
        "config.json",
        "flax_model.msgpack",
        "model-q4k.gguf",
        "model.safetensors",
        "onnx/model.safetensors",
        "pytorch_model.bin",
        "pytorch_model.bin.index.json",
        "rust_model.ot",
        "sentencepiece.bpe.model",
        "source.spm",
        "tf_model.h5",
        "tokenizer.json",
        "training_args.bin",
        "vocab.json",
    ) == {
        "config.json",
        "model.safetensors",
        "sentencepiece.bpe.model",
        "source.spm",
        "tokenizer.json",
        "vocab.json",
    }


def test_code_is_never_taken():
    assert chosen("config.json", "model.safetensors", "modeling_own.py", "setup.sh") == {
        "config.json",
        "model.safetensors",
    }


def test_weights_in_several_files_are_taken_with_their_index():
    shards = {f"model-0000{number}-of-00002.safetensors" for number in (1, 2)}
    index = "model.safetensors.index.json"
    assert chosen("config.json", index, *shards) == {"config.json", index, *shards}


@pytest.mark.parametrize(
    "weights", [["model.bin"], ["model.bin.00001-of-00002", "model.bin.00002-of-00002"]]
)
def test_what_ctranslate2_wrote_is_taken(weights: list[str]):
    names = ["config.json", *weights, "shared_vocabulary.txt"]
    selection = select(files(*names, "model.bin.sha256"), MODEL)
    assert selection.converted
    assert {file.path for file in selection.files} == {*names}
    assert selection.weights_bytes == sum(file.size for file in files(*weights))


def test_a_converted_vocabulary_without_weights_is_refused():
    with pytest.raises(ModelMissing, match="holds no weights"):
        select(files("config.json", "shared_vocabulary.txt"), MODEL)


def test_small_files_come_first_and_weights_are_counted():
    listed = [HubFile("model.safetensors", 9000, ""), HubFile("config.json", 10, "")]
    selection = select(listed, MODEL)
    assert [file.path for file in selection.files] == ["config.json", "model.safetensors"]
    assert selection.weights_bytes == 9000


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.bin", "model.pt", "weights.pickle"])
def test_a_pickle_is_refused_by_name_with_what_to_do(name: str):
    with pytest.raises(ModelMissing, match="pickle") as missing:
        select(files("config.json", name), MODEL)
    assert missing.value.given == name
    assert "--from" in str(missing.value.hint)


def test_a_repository_without_weights_is_refused():
    with pytest.raises(ModelMissing, match="no weights"):
        select(files("config.json", "flax_model.msgpack"), MODEL)
