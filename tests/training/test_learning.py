"""A small language is learnt well enough to translate sentences that were never seen."""

from dataclasses import replace

import pytest

from khabar.languages import Language
from tests.models.grammar import lessons, unseen
from training.checkpoint import WEIGHTS
from training.decoding import greedy
from training.export import export
from training.items import COLUMNS
from training.miniature import install, learn_vocabulary
from training.model import Transformer
from training.news import SENTENCES, triple_pairs
from training.packing import pack
from training.pairs import TRAIN, VALIDATION, write_pairs
from training.pieces import split_folder
from training.prepare import PAIRS
from training.train import train
from training.unpacking import unpack
from training.vocabulary import END, TAGS, load_pieces
from training.weights import load_weights
from workers.engines.ct2 import load_engine
from workers.protocols import Decoding


@pytest.fixture(scope="module")
def grammar(config):
    """The tiny configuration for so small a language."""
    return replace(
        config,
        full={},
        vocabulary=replace(config.vocabulary, size=580),
        train=replace(
            config.train,
            max_updates=500,
            batch_tokens=1536,
            peak_rate=0.008,
            sample_sentences=12,
            log_every=100,
        ),
    )


@pytest.fixture(scope="module")
def learnt(grammar, tmp_path_factory):
    """A folder with a trained run, and the run's result."""
    work = tmp_path_factory.mktemp("grammar")
    by_split = {TRAIN: lessons(), VALIDATION: unseen()}
    pairs = [
        pair
        for split, triples in by_split.items()
        for one in triples
        for pair in triple_pairs(
            SENTENCES, {language: one.text(language) for language in COLUMNS}, split
        )
    ]
    write_pairs(work / PAIRS, pairs)
    learn_vocabulary(grammar, work)
    config_file = work / "config.toml"
    config_file.write_text("", encoding="utf-8")
    pack(grammar, config_file, work, work / "pack")
    return work, train(grammar, unpack(work / "pack"), work / "run", budget=600)


def test_unseen_sentences_are_translated(learnt):
    _, result = learnt

    found = {name: score["chrF"] for name, score in result["validation scores"].items()}
    assert len(found) == 6
    assert min(found.values()) > 80, found


def test_the_service_writes_what_pytorch_writes(learnt, grammar):
    work, _ = learnt
    packed = unpack(work / "pack")
    agreement = export(grammar, packed, work / "run", work / "exported")
    split_folder(work / "exported", work / "pieces", size=100_000)
    engine = load_engine(install(work / "pieces", work), compute_type="float32")
    pieces = load_pieces(packed.vocabulary)
    model = Transformer(grammar.model, pieces.get_piece_size()).eval()
    model.load_state_dict(load_weights(work / "run" / WEIGHTS))
    sentences = [one.en for one in unseen()[:10]]

    for target in (Language.RUSSIAN, Language.ARABIC):
        written = engine.generate(sentences, Decoding(beam_size=1, max_length=60), target=target)
        tag = pieces.piece_to_id(TAGS[target])
        sources = [[tag, *row, END] for row in pieces.encode(sentences)]
        assert [one.text for one in written] == pieces.decode(greedy(model, sources, limit=60))
        assert all(one.finished for one in written)
    assert agreement.float32 == 1
    assert agreement.int8 > 0.8
