"""All steps on the newsbank alone: it has to learn, and the export has to be the same model."""

import json
import math
from dataclasses import replace

import pytest

from khabar.languages import Language
from training.engines import DirectionTwice
from training.evaluate import NEWSBANK, evaluate, files_sum, table
from training.export import CARD
from training.miniature import install
from training.pairs import DIRECTIONS
from training.pieces import split_folder
from training.train import LOG, RESULT
from workers.engines.channel import with_channels
from workers.models.store import ModelStore
from workers.protocols import Decoding


def test_it_learns(trained, config):
    lines = [json.loads(line) for line in (trained / LOG).read_text(encoding="utf-8").splitlines()]
    losses = [line["loss"] for line in lines if line["event"] == "learning"]
    result = json.loads((trained / RESULT).read_text(encoding="utf-8"))

    chance = math.log(config.vocabulary.size)
    assert losses[-1] < losses[0] - 0.5
    # Sentences that it never saw, and well below what knowing nothing gives.
    kept = result["validation loss"][result["kept"]]
    assert len(kept) == 7
    assert all(loss < chance - 1.2 for loss in kept.values())


def test_the_export_writes_what_pytorch_writes(exported):
    _, agreement = exported

    # The newsbank grows, and with it changes which of the few items of this run are watched.
    assert agreement.sentences > len(DIRECTIONS)
    assert agreement.float32 == 1
    # A model that knows so little repeats itself, and one slip changes all that follows.
    assert agreement.int8 > 0.4


def test_the_store_gets_the_int8_model(work, exported):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)

    model = install(work / "pieces", work)

    assert model.manifest.quantization == "int8"
    assert len(model.manifest.pairs) == 6
    assert {"model.bin", "source.spm", "target.spm"} < set(model.manifest.files)
    assert not {CARD, "pieces.json"} & set(model.manifest.files)


def test_a_model_too_large_for_one_file_is_kept_in_parts(work, exported, newsbank, monkeypatch):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)
    whole = install(work / "pieces", work, ModelStore(work / "whole"))
    monkeypatch.setattr("training.miniature.MAX_PIECE", 100_000)

    parted = install(work / "pieces", work, ModelStore(work / "parted"))

    assert "model.bin" not in parted.manifest.files
    sizes = [path.stat().st_size for path in parted.folder.glob("model.bin.*")]
    assert len(sizes) > 1
    assert max(sizes) == 100_000
    decoding = Decoding(beam_size=1, max_length=20)
    once, again = (
        evaluate([model], newsbank, None, decoding, limit=2).scores for model in (whole, parted)
    )
    assert once == again


def test_it_is_scored_in_six_directions(work, exported, newsbank):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)
    model = install(work / "pieces", work)

    found = evaluate([model], newsbank, None, Decoding(beam_size=1, max_length=20), limit=2)

    assert not found.models.endswith("without hints")
    assert [score.set_name for score in found.scores] == [NEWSBANK] * 6
    assert all(0 <= score.chrf < 60 for score in found.scores)
    assert table(found).count("\n| ") == 7 + 1


def test_scores_without_hints_say_so(work, exported, newsbank):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)
    decoding = Decoding(beam_size=1, max_length=20)

    model = install(work / "pieces", work)

    found = evaluate([model], newsbank, None, decoding, limit=2, hints=False)

    assert f"int8 ({files_sum(model.manifest)}), without hints. " in table(found)
    assert "\nBeam 1, length penalty 1, channel weight 0.\n" in table(found)


def test_what_no_model_has_goes_through_english(work, exported, newsbank):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)
    whole = install(work / "pieces", work)
    halves = [only(whole, "en-ru", "en-ar"), only(whole, "ru-en", "ar-en")]
    decoding = Decoding(beam_size=1, max_length=20)

    there = evaluate(halves[:1], newsbank, None, decoding, limit=2)
    both = evaluate(halves, newsbank, None, decoding, limit=2)
    direct = evaluate([whole], newsbank, None, decoding, limit=2)

    assert [score.direction for score in there.scores] == ["en-ru", "en-ar"]
    assert [score.direction for score in both.scores] == [s.direction for s in direct.scores]
    assert [s for s in both.scores if "en" in s.direction] == [
        s for s in direct.scores if "en" in s.direction
    ]
    assert table(both).count("khabar/tiny, revision") == 2


def test_the_way_back_has_a_say_where_there_is_one(work, exported, newsbank, monkeypatch):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)
    model = install(work / "pieces", work)
    decoding = Decoding(beam_size=3, max_length=20)
    weights = {(Language.ENGLISH, Language.RUSSIAN): 5.0}
    asked = []

    def recording(engines, weights):
        asked.append(weights)
        return with_channels(engines, weights)

    monkeypatch.setattr("training.evaluate.with_channels", recording)
    both, one_way = (
        evaluate([one], newsbank, None, decoding, limit=2, channel_weights=weights)
        for one in (model, only(model, "en-ru"))
    )

    assert asked == [weights, {}]
    assert "channel weight 5 in en-ru.\n" in table(both)
    assert "channel weight 0.\n" in table(one_way)


def test_two_models_of_one_direction_are_refused(work, exported, newsbank):
    folder, _ = exported
    split_folder(folder, work / "pieces", size=100_000)
    model = install(work / "pieces", work)

    with pytest.raises(DirectionTwice, match="en-ru: by khabar/tiny"):
        evaluate([model, model], newsbank, None, Decoding(), limit=1)


def only(model, *directions):
    """Return the model as one that has no other directions."""
    pairs = tuple(p for p in model.manifest.pairs if f"{p.source}-{p.target}" in directions)
    return replace(model, manifest=model.manifest.model_copy(update={"pairs": pairs}))
