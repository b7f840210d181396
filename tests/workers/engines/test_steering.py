import json

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.engines.steering import Steering
from workers.models.store import InstalledModel


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"eos_token": "</s>"}, [">>rus<<", "a", "</s>"]),
        ({"eos_token": "</s>", "add_source_eos": True}, [">>rus<<", "a"]),
        ({"eos_token": "<end>"}, [">>rus<<", "a", "<end>"]),
    ],
)
def test_the_input_ends_as_the_converted_model_wants(tiny, tmp_path, config, expected):
    (tmp_path / "config.json").write_text(json.dumps(config))
    steering = Steering.of(InstalledModel(tmp_path, tiny.manifest))
    assert steering.input(["a"], Language.RUSSIAN) == expected


def test_what_stands_around_a_text_counts(tiny):
    steering = Steering.of(tiny)
    room = tiny.manifest.max_source_tokens - 2
    assert steering.fits(["a"] * room, Language.RUSSIAN)
    assert not steering.fits(["a"] * (room + 1), Language.RUSSIAN)


def test_a_target_must_be_in_the_manifest(tiny):
    pairs = tuple(pair for pair in tiny.manifest.pairs if pair.target is Language.ENGLISH)
    steering = Steering.of(
        InstalledModel(tiny.folder, tiny.manifest.model_copy(update={"pairs": pairs}))
    )
    steering.require(Language.ENGLISH)
    with pytest.raises(EngineFailed):
        steering.require(Language.RUSSIAN)


def of_kind(tiny, architecture, **tokens):
    manifest = tiny.manifest.model_copy(
        update={"architecture": architecture, "target_tokens": {}, **tokens}
    )
    return Steering(manifest, end_token="</s>", start_token="<s>")


def test_source_and_output_of_a_bart_begin_with_its_start_token(tiny):
    steering = of_kind(tiny, "BartForConditionalGeneration")
    assert steering.input(["a"], Language.RUSSIAN) == ["<s>", "a", "</s>"]
    assert steering.output_prefix(Language.RUSSIAN) == ["<s>"]


def test_an_nllb_is_told_both_languages(tiny):
    steering = of_kind(
        tiny,
        "M2M100ForConditionalGeneration",
        source_tokens={Language.ENGLISH: ("eng_Latn",)},
        target_prefix={Language.RUSSIAN: ("rus_Cyrl",)},
    ).reading(Language.ENGLISH)
    assert steering.input(["a"], Language.RUSSIAN) == ["eng_Latn", "a", "</s>"]
    assert steering.output_prefix(Language.RUSSIAN) == ["rus_Cyrl"]


def test_a_t5_gets_its_target_as_a_word_of_the_text(tiny):
    tokens = {Language.RUSSIAN: ("<2ru>",)}
    steering = of_kind(tiny, "T5ForConditionalGeneration", target_tokens=tokens)
    assert steering.text("A text.", Language.RUSSIAN) == "<2ru> A text."
    assert steering.text("A text.", Language.ARABIC) == "A text."
    assert steering.input(["a"], Language.RUSSIAN) == ["a", "</s>"]
    assert steering.output_prefix(Language.RUSSIAN) == []


def test_a_hint_is_marked_once_however_the_target_is_told(tiny):
    steering = of_kind(
        tiny, "KhabarTransformer", target_tokens={Language.RUSSIAN: (">>rus<<", ">>rus<<")}
    )
    assert steering.input(["a"], Language.RUSSIAN) == [">>rus<<", ">>rus<<", "a", "</s>"]
    assert steering.mark(Language.RUSSIAN) == (">>rus<<",)
    assert steering.mark(Language.ARABIC) == ()
