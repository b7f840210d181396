import pytest

from tests.models.grammar import lessons
from workers.engines.vocabulary import SentencePieceVocabulary, load_vocabulary
from workers.models.manifest import TokenizerKind

pytestmark = pytest.mark.timeout(600)  # The first run trains the model.


def test_pieces_make_the_text_again(tiny):
    vocabulary = load_vocabulary(tiny.folder, TokenizerKind.SENTENCEPIECE)
    assert isinstance(vocabulary, SentencePieceVocabulary)
    for triple in lessons()[:10]:
        pieces = vocabulary.encode(triple.ru)
        assert "</s>" not in pieces
        assert vocabulary.decode(pieces) == triple.ru
