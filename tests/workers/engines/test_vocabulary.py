import pytest

from tests.models.grammar import lessons
from tests.models.tiny_architectures import ENCODER_DECODERS, tiny_checkpoints
from tests.models.tiny_marian import tiny_checkpoint
from workers.engines.vocabulary import (
    SentencePieceVocabulary,
    TransformersVocabulary,
    load_vocabulary,
)
from workers.models.manifest import TokenizerKind

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.


def test_pieces_make_the_text_again(tiny):
    vocabulary = load_vocabulary(tiny.folder, TokenizerKind.SENTENCEPIECE)
    assert isinstance(vocabulary, SentencePieceVocabulary)
    for triple in lessons()[:10]:
        pieces = vocabulary.encode(triple.ru)
        assert "</s>" not in pieces
        assert vocabulary.decode(pieces) == triple.ru


def test_what_is_written_has_the_pieces_of_the_target(tiny):
    plain = load_vocabulary(tiny.folder, TokenizerKind.SENTENCEPIECE)
    other = TransformersVocabulary(tiny_checkpoint())
    for triple in lessons()[:10]:
        pieces = plain.encode_output(triple.ru)
        assert plain.decode(pieces) == triple.ru
        assert other.encode_output(triple.ru) == pieces


@pytest.mark.parametrize("name", ENCODER_DECODERS)
def test_what_is_written_has_tokens_whatever_the_tokenizer(name):
    vocabulary = TransformersVocabulary(tiny_checkpoints() / name)
    assert vocabulary.decode(vocabulary.encode_output("The minister left.")) == "The minister left."


def test_a_prompt_goes_into_the_models_own_template():
    vocabulary = TransformersVocabulary(tiny_checkpoints() / "qwen3")
    tokens = vocabulary.encode_prompt("The minister left.")
    assert tokens[0] == "<|im_start|>"
    assert tokens.count("<|im_end|>") == 1
    assert vocabulary.decode(tokens) == "user\nThe minister left.\nassistant"


def test_a_prompt_of_a_model_without_a_template_begins_with_its_start_token():
    tokens = TransformersVocabulary(tiny_checkpoints() / "llama").encode_prompt("The minister.")
    assert tokens[0] == "<s>"
    assert "</s>" not in tokens


def test_numbers_are_those_of_the_model_and_come_back_as_tokens():
    vocabulary = TransformersVocabulary(tiny_checkpoints() / "t5")
    tokens = vocabulary.encode("The minister left.")
    assert vocabulary.tokens(vocabulary.numbers(tokens)) == tokens
    assert vocabulary.numbers([vocabulary.end_token]) == [1]
    assert vocabulary.unknown == ("<unk>",)
