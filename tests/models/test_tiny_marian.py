"""The small model is a real one: wrong tokens, languages or scripts cannot pass unseen."""

import warnings
from itertools import permutations

import pytest

from khabar.languages import Language
from tests.models.grammar import lessons, unseen
from tests.models.tiny_marian import CARD, TAGS, tiny_checkpoint, tiny_model
from workers.engines.ct2 import CT2Engine, load_engine
from workers.models.store import ModelStore
from workers.protocols import Decoding

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.

DIRECTIONS = [way for way in permutations(Language, 2) if Language.ENGLISH in way]


@pytest.fixture(scope="module")
def engine() -> CT2Engine:
    return load_engine(ModelStore(tiny_model()).find(CARD.id))


def translated(engine: CT2Engine, texts: list[str], target: Language, beam: int) -> list[str]:
    hypotheses = engine.generate(texts, Decoding(beam_size=beam), target=target)
    return [hypothesis.text for hypothesis in hypotheses]


@pytest.mark.parametrize("beam", [1, 4])
@pytest.mark.parametrize(("source", "target"), DIRECTIONS)
def test_it_has_learnt_its_lessons_and_their_grammar(engine, source, target, beam):
    for triples in (lessons(), unseen()):
        outputs = translated(engine, [triple.text(source) for triple in triples], target, beam)
        wanted = [triple.text(target) for triple in triples]
        right = sum(one == other for one, other in zip(outputs, wanted, strict=True))
        assert right >= 0.97 * len(wanted)


def test_the_tag_alone_decides_the_language(engine):
    text = lessons()[0].en
    assert translated(engine, [text], Language.RUSSIAN, 1) == [lessons()[0].ru]
    assert translated(engine, [text], Language.ARABIC, 1) == [lessons()[0].ar]


# The tokenizer recommends a package that only its unused normaliser needs.
@pytest.mark.filterwarnings("ignore:Recommended. pip install sacremoses")
@pytest.mark.parametrize(("source", "target"), DIRECTIONS)
def test_ctranslate2_writes_the_tokens_that_transformers_writes(engine, source, target):
    texts = [triple.text(source) for triple in (*lessons()[:10], *unseen()[:10])]
    expected = generated_by_transformers([f"{TAGS[target]} {text}" for text in texts])
    inputs = [engine._steering.input(engine._vocabulary.encode(text), target) for text in texts]
    results = engine._translator.translate_batch(inputs, beam_size=1)
    assert [result.hypotheses[0] for result in results] == expected
    assert translated(engine, texts, target, 1) == [
        engine._vocabulary.decode(tokens) for tokens in expected
    ]


def generated_by_transformers(texts: list[str]) -> list[list[str]]:
    """Return the tokens of a greedy search, without those that begin, end and pad."""
    with warnings.catch_warnings():
        # torch and transformers warn about their own use of each other as they are imported.
        warnings.simplefilter("ignore")
        import torch
        from transformers import MarianMTModel, MarianTokenizer

        tokenizer = MarianTokenizer.from_pretrained(tiny_checkpoint())
        model = MarianMTModel.from_pretrained(tiny_checkpoint())
        batch = tokenizer(texts, return_tensors="pt", padding=True)
        with torch.no_grad():
            rows = model.generate(**batch, num_beams=1, do_sample=False, max_new_tokens=60)
    special = {tokenizer.pad_token, tokenizer.eos_token}
    return [
        [token for token in tokenizer.convert_ids_to_tokens(row) if token not in special]
        for row in rows
    ]
