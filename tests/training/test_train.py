import json
import math
import os
import signal
from dataclasses import replace
from itertools import islice

import pytest
import torch

from training.batches import Assembler
from training.checkpoint import WEIGHTS
from training.config import GRAIN
from training.model import Transformer
from training.stream import Stream
from training.train import LOG, RESULT, _Training, new_model, smoothed_loss, train
from training.validation import Validation, scores
from training.vocabulary import load_pieces


def shorter(config, **changes):
    return replace(config, train=replace(config.train, **({"max_updates": 3} | changes)))


def events(run):
    return [json.loads(line) for line in (run / LOG).read_text(encoding="utf-8").splitlines()]


# The compiler looks at gradients of what has none, and torch warns itself of that.
@pytest.mark.filterwarnings("ignore:The .grad attribute")
def test_the_gpu_path_in_small(config, packed, tmp_path):
    """bf16, compiled layers and a resume, as on the GPU, with another compiler's backend."""
    gpu = shorter(config, precision="bf16", compile="aot_eager")

    first = train(gpu, packed, tmp_path, budget=300)
    plain = shorter(config, precision="bf16")
    second = train(plain, packed, tmp_path, budget=300, go_on=True)

    assert (first["updates"], second["updates"]) == (3, 6)
    names = [event["event"] for event in events(tmp_path)]
    assert "compiling failed" not in names
    assert names.count("compiled") == 1
    assert [e["updates"] for e in events(tmp_path) if e["event"] == "resumed"] == [3]


def test_a_compiler_that_fails_is_done_without(config, packed, tmp_path):
    result = train(shorter(config, compile="no such backend"), packed, tmp_path, budget=300)

    assert result["updates"] == 3
    assert "compiling failed" in [event["event"] for event in events(tmp_path)]


@pytest.mark.parametrize("budget", [0.01, 4])
def test_a_budget_ends_with_weights(config, packed, tmp_path, budget):
    """However short it is, and whatever the machine does besides."""
    result = train(shorter(config, max_updates=0), packed, tmp_path, budget=budget)

    assert (tmp_path / WEIGHTS).is_file()
    assert json.loads((tmp_path / RESULT).read_text(encoding="utf-8"))["kept"] == result["kept"]


def test_termination_ends_in_order(config, packed, tmp_path, monkeypatch):
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(
        "training.train._Training._look_after",
        lambda *_: os.kill(os.getpid(), signal.SIGTERM),
    )

    result = train(shorter(config, max_updates=100000), packed, tmp_path, budget=100)

    assert result["stopped early"]
    assert result["updates"] == 1
    assert (tmp_path / WEIGHTS).is_file()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_batch_too_large_for_the_memory_is_halved(config, packed, tmp_path, monkeypatch):
    from training import train as module

    fits = module._Training._update

    def update(self, plan, progress):
        if self._stream.batch_tokens == config.train.batch_tokens:
            raise torch.OutOfMemoryError
        fits(self, plan, progress)

    monkeypatch.setattr(module._Training, "_update", update)

    result = train(shorter(config), packed, tmp_path, budget=300)

    assert result["updates"] == 3
    halved = [e["batch_tokens"] for e in events(tmp_path) if e["event"] == "batch halved"]
    assert halved == [config.train.batch_tokens // 2]


def test_memory_that_nothing_fits_is_an_error(config, packed, tmp_path, monkeypatch):
    def update(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr("training.train._Training._update", update)

    with pytest.raises(torch.OutOfMemoryError):
        train(shorter(config), packed, tmp_path, budget=300)


def test_a_lowered_batch_counts_from_the_next_round_on(config, packed):
    stream = Stream(packed, config, seed=1)
    plans = stream.plans(lambda: 0.0)
    next(plans)

    stream.batch_tokens = 1024

    for plan in islice(plans, 20):
        area = len(plan.examples) * (plan.source_width + plan.target_width)
        assert area <= 1024 or len(plan.examples) == GRAIN


def test_a_mistake_after_some_updates_leaves_their_weights(config, packed, tmp_path, monkeypatch):
    update = _Training._update

    def fail_at_the_third(training, *rest):
        if training._updates == 2:
            raise KeyError("anything")
        update(training, *rest)

    monkeypatch.setattr("training.train._Training._update", fail_at_the_third)
    kept = []

    def keep():
        kept.append((tmp_path / WEIGHTS).exists() and (tmp_path / RESULT).exists())

    result = train(shorter(config, max_updates=9), packed, tmp_path, budget=300, kept=keep)

    assert result["updates"] == 2
    assert kept == [True]
    assert "learning failed" in [event["event"] for event in events(tmp_path)]


def test_an_update_that_is_no_number_is_left_out(config, packed, tmp_path, monkeypatch):
    criterion, calls = smoothed_loss, []

    def once_not_a_number(*given):
        calls.append(given)
        return criterion(*given) * (float("nan") if len(calls) == 2 else 1.0)

    monkeypatch.setattr("training.train.smoothed_loss", once_not_a_number)
    result = train(shorter(config, max_updates=4), packed, tmp_path, budget=300)

    assert len(calls) >= 4
    (told,) = [event for event in events(tmp_path) if event["event"] == "learning"]
    assert told["left_out"] == 1
    assert math.isfinite(told["loss"])
    assert all(math.isfinite(loss) for loss in result["validation loss"]["last"].values())


def test_judging_ends_with_the_time(config, packed, monkeypatch):
    model = Transformer(config.model, load_pieces(packed.vocabulary).get_piece_size()).eval()
    assembler, read = Assembler(packed, torch.device("cpu")), []
    validation = Validation(packed, assembler)
    batch = assembler.batch
    monkeypatch.setattr(assembler, "batch", lambda plan: read.append(plan) or batch(plan))

    whole = validation.loss(model, lambda: False)
    assert set(whole) == {"en-ru", "en-ar", "ru-en", "ru-ar", "ar-en", "ar-ru", "mean"}
    assert len(read) >= 6

    read.clear()
    assert validation.loss(model, lambda: bool(read)) == {}
    assert len(read) == 1


def test_a_run_asked_to_end_does_not_judge_to_the_end(config, packed, tmp_path, monkeypatch):
    validated = []

    def loss(_, __, over):
        os.kill(os.getpid(), signal.SIGTERM)
        validated.append(over())
        return {}

    monkeypatch.setattr(Validation, "loss", loss)
    options = shorter(config, max_updates=100000, validate_seconds=0.0)
    result = train(options, packed, tmp_path, budget=100)

    # In the run it is over at once; at its end there is time left to choose the weights.
    assert validated[0]
    assert not any(validated[1:])
    assert (result["updates"], result["kept"]) == (1, "last")
    assert (tmp_path / WEIGHTS).is_file()


def test_a_new_model_knows_translations(config, packed):
    torch.manual_seed(1)
    pieces = load_pieces(packed.vocabulary)
    size, words = pieces.get_piece_size(), [pieces.piece_to_id(piece) for piece in ("▁and", "▁и")]
    models = new_model(config, size, packed.lexicon), Transformer(config.model, size)

    alike = [torch.cosine_similarity(*model.embeddings.weight[words], dim=0) for model in models]
    assert alike[0] > alike[1] + 0.3


def test_a_round_ends_where_a_phase_of_the_mix_does(config, packed):
    stream = Stream(packed, config, seed=1)
    moments = iter([0.0, *[0.0] * 3, *[1.0] * 1000])
    seen = []
    monkey = stream.one_round

    def noted(progress):
        seen.append(progress)
        return monkey(progress)

    stream.one_round = noted
    list(islice(stream.plans(lambda: next(moments)), 6))

    assert seen == [0.0, 1.0]


def test_no_batch_is_a_handful_of_examples(config, packed):
    plans = list(Stream(packed, config, seed=1).one_round(0.0))

    assert len(plans) > 10
    assert min(len(plan.examples) for plan in plans) >= GRAIN


def test_what_there_was_no_time_to_translate_has_no_score(packed, config):
    assembler = Assembler(packed, torch.device("cpu"))
    model = Transformer(config.model, load_pieces(packed.vocabulary).get_piece_size()).eval()
    moments = iter([False] * 4 + [True] * 100)

    written = Validation(packed, assembler).translations(model, 2, lambda: next(moments))

    assert [len(rows) for rows in written.values()][:2] == [2, 2]
    assert sum(map(len, written.values())) == 4
    assert len(scores({**written, "en-xx": []})) == 2
