import shutil
from dataclasses import replace

import pytest
import torch

from training import export as module
from training.checkpoint import CHECKPOINT, WEIGHTS
from training.config import HintsConfig
from training.export import ExportDisagrees, export
from training.places import places
from training.reopen import ModelUnreadable, RunInTheWay, read_variables, reopen
from training.unpacking import unpack
from training.vocabulary import VOCABULARY
from training.weights import load_weights
from workers.hints.lexicon import HINTS
from workers.models.converted import SHORTLIST, split_weights


def test_a_wrong_export_is_refused(config, packed, trained, tmp_path, monkeypatch):
    """The decoder's norm is exported with the wrong sign: the texts must differ."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)

    def wrong(model):
        for place, weight in places(model):
            yield place, -weight if place == "decoder/layer_norm/gamma" else weight

    monkeypatch.setattr(module, "places", wrong)

    with pytest.raises(ExportDisagrees, match="%"):
        export(config, packed, run, tmp_path / "exported")


def test_the_lexicon_of_hints_goes_with_the_model(config, packed, trained, tmp_path):
    folder, run = tmp_path / "pack", tmp_path / "run"
    shutil.copytree(packed.folder, folder)
    shutil.copytree(trained, run)
    (folder / HINTS).write_bytes(b"a lexicon")
    told = replace(config, hints=HintsConfig(1000, 0.3, 25, 0.1, 0.1, 0.25))

    export(told, unpack(folder), run, tmp_path / "exported")

    assert (tmp_path / "exported" / HINTS).read_bytes() == b"a lexicon"


def test_the_shortlist_goes_with_the_model(packed, exported):
    folder, _ = exported

    assert (folder / SHORTLIST).read_bytes() == (packed.folder / SHORTLIST).read_bytes()


def test_a_model_without_a_shortlist_is_exported_without(config, packed, trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)

    export(replace(config, shortlist=None), packed, run, tmp_path / "exported")

    assert not (tmp_path / "exported" / SHORTLIST).exists()


def test_what_was_exported_can_be_gone_on_from(config, packed, trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    export(config, packed, run, tmp_path / "exported")

    reopen(config, tmp_path / "exported", tmp_path / "again")

    assert (tmp_path / "again" / VOCABULARY).read_bytes() == packed.vocabulary.read_bytes()
    before, after = load_weights(run / WEIGHTS), load_weights(tmp_path / "again" / WEIGHTS)
    assert before.keys() == after.keys()
    for name, weights in before.items():
        torch.testing.assert_close(after[name], weights, rtol=0, atol=1e-6)


def test_it_can_be_gone_on_from_with_more_layers(config, packed, trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    export(config, packed, run, tmp_path / "exported")
    deeper = replace(config.model, decoder_layers=config.model.decoder_layers + 1)

    reopen(replace(config, model=deeper), tmp_path / "exported", tmp_path / "again")

    before, after = load_weights(run / WEIGHTS), load_weights(tmp_path / "again" / WEIGHTS)
    last = f"decoder.{config.model.decoder_layers}."
    added = {name: weight for name, weight in after.items() if name.startswith(last)}
    assert after.keys() - before.keys() == added.keys() > set()
    assert not added[f"{last}feed.out.weight"].any()
    assert added[f"{last}feed.into.weight"].any()


def test_a_model_of_another_shape_is_not_gone_on_from(config, packed, trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    export(config, packed, run, tmp_path / "exported")
    shape = config.model
    for wrong in (
        replace(shape, decoder_layers=shape.decoder_layers - 1),
        replace(shape, encoder_layers=shape.encoder_layers - 1),
        replace(shape, heads=shape.heads * 2),
        replace(shape, feed_forward=shape.feed_forward * 2),
    ):
        with pytest.raises(ModelUnreadable, match=r"layers|heads|not \["):
            reopen(replace(config, model=wrong), tmp_path / "exported", tmp_path / "again")


def test_a_model_in_parts_is_reopened_like_the_whole(config, packed, trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    whole = tmp_path / "exported"
    export(config, packed, run, whole)
    reopen(config, whole, tmp_path / "one")
    split_weights(whole, 50_000)
    assert not (whole / "model.bin").exists()
    reopen(config, whole, tmp_path / "again")

    one, again = (load_weights(tmp_path / name / WEIGHTS) for name in ("one", "again"))
    assert one.keys() == again.keys()
    assert all(torch.equal(one[name], again[name]) for name in one)


def test_weights_of_another_version_are_refused():
    with pytest.raises(ModelUnreadable, match="version 0"):
        read_variables(bytes(64))


def test_weights_that_were_cut_are_refused(config, packed, trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    export(config, packed, run, tmp_path / "exported")
    whole = (tmp_path / "exported" / "model.bin").read_bytes()
    for size in (3, 20, len(whole) // 2, len(whole) - 1):
        with pytest.raises(ModelUnreadable, match="end too early"):
            read_variables(whole[:size])


def test_the_state_of_a_run_is_not_passed_over(config, tmp_path):
    (tmp_path / CHECKPOINT).touch()

    with pytest.raises(RunInTheWay, match="holds the state of a run"):
        reopen(config, tmp_path / "exported", tmp_path)
