import json
import shutil
import sys
from dataclasses import replace

import pytest

from khabar.errors import EngineFailed, ModelMissing
from khabar.languages import Language
from tests.models.grammar import lessons
from workers.engines import checkpoint as checkpoint_module
from workers.engines.hf import load_engine
from workers.protocols import Decoding

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.

TEXTS = [triple.en for triple in lessons()[:12]]


@pytest.fixture
def copy(tiny_hf, tmp_path):
    """The model in a folder that a test may change."""
    folder = tmp_path / "copy"
    shutil.copytree(tiny_hf.folder, folder)
    return replace(tiny_hf, folder=folder)


def change(path, **facts):
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **facts}), "utf-8")


@pytest.mark.parametrize("beam", [1, 4])
def test_the_score_is_the_mean_log_probability_of_a_token(tiny_hf, beam):
    import torch

    engine = load_engine(tiny_hf)
    (hypothesis,) = engine.generate(TEXTS[:1], Decoding(beam_size=beam), target=Language.RUSSIAN)
    vocabulary, model = engine._vocabulary, engine._checkpoint._model
    read = engine._steering.input(vocabulary.encode(TEXTS[0]), Language.RUSSIAN)
    written = vocabulary.numbers([*vocabulary.encode(hypothesis.text), "</s>"])
    with torch.inference_mode():
        logits = model(
            input_ids=torch.tensor([vocabulary.numbers(read)]),
            decoder_input_ids=torch.tensor([[engine._checkpoint.marks.start, *written[:-1]]]),
        ).logits[0]
    chosen = logits.log_softmax(-1).gather(1, torch.tensor(written).unsqueeze(1))
    assert len(written) == hypothesis.tokens + 1
    assert hypothesis.score == pytest.approx(chosen.mean().item(), abs=1e-3)


def test_batches_are_bounded_and_change_nothing(tiny_hf, monkeypatch):
    expected = load_engine(tiny_hf).generate(TEXTS, Decoding(beam_size=2), target=Language.ARABIC)
    sizes = []
    original = checkpoint_module.Checkpoint._search

    def counted(self, rows, prefix, config):
        sizes.append(len(rows))
        return original(self, rows, prefix, config)

    monkeypatch.setattr(checkpoint_module.Checkpoint, "_search", counted)
    monkeypatch.setattr(checkpoint_module, "_POSITIONS", 800)
    found = load_engine(tiny_hf).generate(TEXTS, Decoding(beam_size=2), target=Language.ARABIC)
    assert [item.text for item in found] == [item.text for item in expected]
    assert sum(sizes) == len(TEXTS)
    assert max(sizes) <= 5


def test_the_folders_own_wishes_for_a_search_count_for_nothing(tiny_hf, copy):
    change(
        copy.folder / "generation_config.json",
        num_beams=3,
        min_length=30,
        length_penalty=9.0,
        no_repeat_ngram_size=1,
        forced_eos_token_id=None,
    )
    decoding = Decoding(beam_size=1)
    expected = load_engine(tiny_hf).generate(TEXTS[:4], decoding, target=Language.RUSSIAN)
    assert load_engine(copy).generate(TEXTS[:4], decoding, target=Language.RUSSIAN) == expected


def test_pickled_weights_are_refused(copy):
    (copy.folder / "model.safetensors").rename(copy.folder / "pytorch_model.bin")
    with pytest.raises(EngineFailed, match="cannot be loaded"):
        load_engine(copy)


def test_no_code_of_the_folder_is_run(copy, tmp_path):
    trace = tmp_path / "it-ran"
    code = f"from pathlib import Path\nPath({str(trace)!r}).touch()\n"
    (copy.folder / "evil.py").write_text(code)
    change(
        copy.folder / "config.json",
        model_type="evil",
        auto_map={"AutoConfig": "evil.Evil", "AutoModelForSeq2SeqLM": "evil.Evil"},
    )
    with pytest.raises(EngineFailed):
        load_engine(copy)
    assert not trace.exists()


def test_a_folder_without_a_tokenizer_is_an_engine_failure(copy):
    for path in copy.folder.iterdir():
        if path.name not in ("config.json", "model.safetensors"):
            path.unlink()
    with pytest.raises(EngineFailed, match="tokenizer"):
        load_engine(copy)


def test_a_device_that_is_not_there_is_told(tiny_hf, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(EngineFailed, match="CUDA"):
        load_engine(tiny_hf, "cuda")
    assert load_engine(tiny_hf, "auto")._checkpoint._model.device.type == "cpu"


def test_without_torch_it_says_what_to_install(tiny_hf, monkeypatch):
    monkeypatch.setattr(checkpoint_module, "find_spec", lambda _: None)
    with pytest.raises(ModelMissing) as caught:
        load_engine(tiny_hf)
    assert "khabar[torch]" in caught.value.hint


def test_the_module_imports_without_torch():
    import subprocess

    code = "import sys, workers.engines.load; print({'torch', 'transformers'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
