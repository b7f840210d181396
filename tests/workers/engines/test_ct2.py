import shutil
from pathlib import Path
from statistics import fmean
from types import SimpleNamespace

import pytest

from khabar.errors import EngineFailed
from khabar.languages import Language
from tests.models.grammar import lessons, unseen
from tests.models.tiny_marian import CARD, tiny_checkpoint
from workers.engines.ct2 import load_engine
from workers.models.converted import SHORTLIST, WEIGHTS
from workers.models.install import install_from_folder
from workers.models.manifest import ModelCard, TokenizerKind
from workers.models.store import ModelStore
from workers.protocols import Decoding

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.

TEXTS = [triple.en for triple in (*lessons()[:20], *unseen()[:20])]


def test_the_score_is_the_mean_log_probability_of_a_token(tiny):
    engine = load_engine(tiny)
    (hypothesis,) = engine.generate(
        TEXTS[:1], Decoding(beam_size=1, length_penalty=0.0), target=Language.RUSSIAN
    )
    tag = CARD.target_tokens[Language.RUSSIAN]
    source = [*tag, *engine._vocabulary.encode(TEXTS[0]), "</s>"]
    target = engine._vocabulary.encode(hypothesis.text)
    (scored,) = engine._translator.score_batch([source], [target])
    mean = sum(scored.log_probs) / len(scored.log_probs)
    assert len(target) == hypothesis.tokens
    assert hypothesis.score == pytest.approx(mean, abs=1e-4)


def test_what_was_written_has_the_score_it_was_written_with(tiny):
    engine = load_engine(tiny)
    written = engine.generate(TEXTS, Decoding(beam_size=1), target=Language.RUSSIAN)
    texts = [one.text for one in written]
    scores = engine.score(TEXTS, texts, target=Language.RUSSIAN)
    assert scores == pytest.approx([one.score for one in written], abs=1e-3)
    alone = [
        score
        for text, output in zip(TEXTS, texts, strict=True)
        for score in engine.score([text], [output], target=Language.RUSSIAN)
    ]
    assert alone == pytest.approx(scores, abs=1e-4)


def test_what_is_too_long_or_empty_has_no_score(tiny):
    engine = load_engine(tiny)
    text = lessons()[0]
    many = " ".join([text.ru] * 9)
    scores = engine.score(
        [text.en, " ".join([text.en] * 9), text.en, text.en],
        [text.ru, text.ru, many, " "],
        target=Language.RUSSIAN,
    )
    assert scores[0] is not None
    assert scores[1:] == [None, None, None]
    assert engine.score([], [], target=Language.RUSSIAN) == []


def test_a_score_is_only_of_what_the_model_writes(tiny):
    manifest = tiny.manifest.model_copy(update={"pairs": tiny.manifest.pairs[:1]})
    engine = load_engine(type(tiny)(tiny.folder, manifest))
    with pytest.raises(EngineFailed, match="does not write"):
        engine.score(["One."], ["Один."], target=Language.ARABIC)


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.0])
def test_the_score_does_not_depend_on_the_length_penalty(tiny, penalty):
    engine = load_engine(tiny)
    scores = [
        engine.generate(
            TEXTS[:1], Decoding(beam_size=1, length_penalty=value), target=Language.RUSSIAN
        )[0].score
        for value in (1.0, penalty)
    ]
    assert scores[0] == pytest.approx(scores[1], abs=1e-6)


def test_the_tokenizer_of_transformers_gives_the_same_sentences(tiny, tmp_path):
    card = CARD.model_copy(update={"tokenizer": TokenizerKind.TRANSFORMERS})
    # The folder is a checkpoint; its tokenizer is Marian's own class.
    model = install_from_folder(
        tiny_checkpoint(), ModelStore(tmp_path), card, quantization="float32"
    )
    expected = load_engine(tiny).generate(TEXTS, Decoding(), target=Language.ARABIC)
    found = load_engine(model).generate(TEXTS, Decoding(), target=Language.ARABIC)
    assert found == expected


def test_a_quantised_model_says_nearly_always_the_same(tiny, tmp_path):
    model = install_from_folder(tiny_checkpoint(), ModelStore(tmp_path), CARD)
    assert model.manifest.quantization == "int8"
    assert model.size < tiny.size / 2
    expected = load_engine(tiny).generate(TEXTS, Decoding(), target=Language.RUSSIAN)
    found = load_engine(model).generate(TEXTS, Decoding(), target=Language.RUSSIAN)
    same = sum(one.text == other.text for one, other in zip(expected, found, strict=True))
    assert same >= 0.9 * len(TEXTS)


def test_an_engine_told_its_source_puts_the_source_token_first(tiny):
    manifest = tiny.manifest.model_copy(
        update={
            "target_tokens": {},
            "source_tokens": {Language.ENGLISH: (">>ara<<",), Language.ARABIC: (">>eng<<",)},
        }
    )
    engine = load_engine(type(tiny)(tiny.folder, manifest)).reading(Language.ENGLISH)
    (hypothesis,) = engine.generate([lessons()[0].en], Decoding(), target=Language.ARABIC)
    assert hypothesis.text == lessons()[0].ar


def test_a_target_prefix_is_forced_and_taken_off(tiny):
    text = next(triple for triple in lessons() if triple.en.startswith("The Jordanian prime"))
    plain = load_engine(tiny)
    first = tuple(plain._vocabulary.encode(text.ru)[:2])
    manifest = tiny.manifest.model_copy(update={"target_prefix": {Language.RUSSIAN: first}})
    engine = load_engine(type(tiny)(tiny.folder, manifest))
    (whole,) = plain.generate([text.en], Decoding(), target=Language.RUSSIAN)
    (rest,) = engine.generate([text.en], Decoding(), target=Language.RUSSIAN)
    assert whole.text == text.ru
    assert whole.text.endswith(rest.text)
    assert whole.tokens == rest.tokens + 2
    assert rest.score == pytest.approx(whole.score, abs=0.01)


def test_a_target_prefix_has_no_part_in_a_score(tiny):
    text, other = lessons()[:2]
    prefix = tuple(load_engine(tiny)._vocabulary.encode_output(other.ru)[-2:])
    manifest = tiny.manifest.model_copy(update={"target_prefix": {Language.RUSSIAN: prefix}})
    engine = load_engine(type(tiny)(tiny.folder, manifest))
    tokens = engine._vocabulary.encode_output(text.ru)
    source = [*CARD.target_tokens[Language.RUSSIAN], *engine._vocabulary.encode(text.en), "</s>"]
    (whole,) = engine._translator.score_batch([source], [[*prefix, *tokens]])
    (scored,) = engine.score([text.en], [text.ru], target=Language.RUSSIAN)
    assert scored == pytest.approx(fmean(whole.log_probs[2:]), abs=1e-3)
    assert fmean(whole.log_probs) < scored - 0.1


def test_long_outputs_of_short_sources_are_scored_in_small_batches(tiny):
    asked = []

    class Recording:
        def score_batch(self, source, target, **options):  # noqa: ARG002 -- as it is asked.
            asked.append(options)
            return [SimpleNamespace(log_probs=[-1.0]) for _ in source]

    engine = load_engine(tiny)
    engine._translator = Recording()
    text = lessons()[0]
    output = " ".join([text.ru] * 3)
    length = len(engine._vocabulary.encode_output(output))
    assert length < CARD.max_target_tokens
    engine.score(["One."] * 60, [output] * 60, target=Language.RUSSIAN)
    (options,) = asked
    assert options["batch_type"] == "examples"
    assert options["max_batch_size"] * length <= 256


@pytest.fixture
def listing(tiny, tmp_path):
    """Return the model, which writes Russian alone, installed with a shortlist."""
    russian = CARD.model_copy(
        update={
            "pairs": tuple(pair for pair in CARD.pairs if pair.target is Language.RUSSIAN),
            "target_tokens": {Language.RUSSIAN: CARD.target_tokens[Language.RUSSIAN]},
        }
    )

    def install(contents):
        shutil.copytree(tiny.folder, tmp_path / "source", dirs_exist_ok=True)
        (tmp_path / "source" / SHORTLIST).write_bytes(contents)
        model = install_from_folder(
            tmp_path / "source", ModelStore(tmp_path / "store"), russian, quantization="float32"
        )
        assert SHORTLIST in model.manifest.files
        return model

    return install


def russian_of(model, text):
    (found,) = load_engine(model).generate([text], Decoding(), target=Language.RUSSIAN)
    return found.text


def test_a_search_writes_nothing_that_is_not_in_the_shortlist(tiny, listing):
    (tag,) = CARD.target_tokens[Language.RUSSIAN]
    text = lessons()[0]
    vocabulary = load_engine(tiny)._vocabulary
    wanted = vocabulary.encode(text.ru)
    most = [piece for piece in wanted if piece != wanted[1]]

    with_all = russian_of(listing(f"{tag}\t{' '.join(wanted)}\n".encode()), text.en)
    with_most = russian_of(listing(f"{tag}\t{' '.join(most)}\n".encode()), text.en)

    assert with_all == text.ru
    assert with_most != text.ru
    assert wanted[1] not in vocabulary.encode(with_most)


@pytest.mark.parametrize(
    "contents", [b">>eng<<\t\xd0\xb0\n", b"word\t\xd0\xb0\n"], ids=["other", "words"]
)
def test_a_list_that_is_not_by_the_target_language_is_not_searched_with(listing, contents):
    assert russian_of(listing(contents), lessons()[0].en) == lessons()[0].ru


@pytest.mark.parametrize("contents", [b"", b"no tab\n", b"tab\t\n", b"\xff\t\xff\n"])
def test_a_damaged_shortlist_is_refused(listing, contents):
    with pytest.raises(EngineFailed, match=SHORTLIST):
        load_engine(listing(contents))


@pytest.fixture
def in_parts(tiny, listing, tmp_path):
    """Return the model, which may write one lesson's words, whole and with its weights in parts."""
    (tag,) = CARD.target_tokens[Language.RUSSIAN]
    wanted = load_engine(tiny)._vocabulary.encode(lessons()[0].ru)
    whole = listing(f"{tag}\t{' '.join(wanted)}\n".encode())
    largest = (whole.folder / WEIGHTS).stat().st_size // 3
    card = ModelCard.model_validate(whole.manifest.model_dump(include=set(ModelCard.model_fields)))
    parted = install_from_folder(
        whole.folder, ModelStore(tmp_path / "parts"), card, largest_file=largest
    )
    return whole, parted


def test_a_model_in_parts_writes_what_the_whole_one_does(tiny, in_parts):
    whole, parted = in_parts
    assert len(list(parted.folder.glob("model.bin.*"))) > 2
    assert not (parted.folder / WEIGHTS).exists()

    parts, one_file, without_list = (
        load_engine(model).generate(TEXTS, Decoding(), target=Language.RUSSIAN)
        for model in (parted, whole, tiny)
    )

    assert parts == one_file
    # The shortlist is among what is handed over.
    assert parts != without_list


def test_weights_that_the_manifest_does_not_name_are_not_loaded(in_parts):
    _, parted = in_parts
    for name in (WEIGHTS, f"{WEIGHTS}.00001-of-00009"):
        (parted.folder / name).write_bytes(b"other")
    assert load_engine(parted).generate(TEXTS[:1], Decoding(), target=Language.RUSSIAN)


@pytest.mark.parametrize("damage", [Path.unlink, lambda part: part.write_bytes(b"other")])
def test_a_model_with_a_damaged_part_cannot_be_loaded(in_parts, damage):
    _, parted = in_parts
    damage(max(parted.folder.glob("model.bin.*")))
    with pytest.raises(EngineFailed, match=f"{CARD.id}.*(damaged|cannot be loaded): .*model.bin.0"):
        load_engine(parted)


def test_a_folder_without_a_model_cannot_be_loaded(tiny, tmp_path):
    with pytest.raises(EngineFailed):
        load_engine(type(tiny)(tmp_path, tiny.manifest))
