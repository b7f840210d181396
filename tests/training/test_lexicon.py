import numpy as np
import pytest
import torch

from training.lexicon import first_embeddings, translations
from training.vocabulary import END, TAGS, load_pieces

# Pieces 10 to 14 are one language, 20 to 24 the other; each says the same in another order.
SENTENCES = [
    ((10, 11), (21, 20)),
    ((10, 12), (22, 20)),
    ((11, 12, 13), (23, 21, 22)),
    ((13, 14), (24, 23)),
    ((10, 14), (20, 24)),
]


def flat(sentences):
    """Return tokens, lengths and examples as a pack holds them."""
    texts = [[*text, END] for pair in sentences for text in pair]
    tokens = np.array([token for text in texts for token in text], np.uint16)
    lengths = np.array([len(text) for text in texts], np.uint16)
    return tokens, lengths, np.arange(len(texts)).reshape(-1, 2)


def best(lexicon):
    """Return the likeliest translation of each piece."""
    rows = sorted(lexicon.tolist(), key=lambda row: row[2])
    return {given: other for given, other, _ in rows}


def test_pieces_are_told_apart_by_where_they_stand():
    found = best(translations(*flat(SENTENCES)))

    assert {given: found[given] for given in range(10, 15)} == {n: n + 10 for n in range(10, 15)}
    assert {given: found[given] for given in range(20, 25)} == {n: n - 10 for n in range(20, 25)}


def test_chances_of_one_piece_are_at_most_one():
    lexicon = translations(*flat(SENTENCES))

    sums = np.bincount(lexicon[:, 0], lexicon[:, 2])
    assert sums.max() <= 65535 + 2
    assert sums[10:15].min() > 65535 * 0.8


def test_the_end_token_and_empty_texts_mean_nothing():
    tokens, lengths, examples = flat([((), (20,)), ((10,), (20,))])

    assert translations(tokens, lengths, examples).tolist() == [
        [10, 20, 65535],
        [20, 10, 65535],
    ]


def test_translations_look_alike_from_the_start():
    torch.manual_seed(1)
    table = torch.randn(30, 64)
    table[3] *= 5

    found = first_embeddings(table, translations(*flat(SENTENCES)))

    alike = torch.cosine_similarity(found[10:15], found[20:25])
    assert alike.min() > 0.4
    torch.testing.assert_close(found.norm(dim=1), table.norm(dim=1))
    torch.testing.assert_close(found[:10], table[:10])


def test_without_a_lexicon_a_table_stays_as_it_is():
    table = torch.randn(5, 8)

    torch.testing.assert_close(first_embeddings(table, np.empty((0, 3), np.uint16)), table)


def test_a_pack_knows_words_of_the_newsbank(packed):
    pieces = load_pieces(packed.vocabulary)
    words = {piece: pieces.piece_to_id(piece) for piece in ("▁and", "▁и", "▁in", "▁в")}
    known = {tuple(row) for row in packed.lexicon[:, :2].tolist()}

    assert (words["▁and"], words["▁и"]) in known
    assert (words["▁в"], words["▁in"]) in known
    tags = {pieces.piece_to_id(tag) for tag in TAGS.values()}
    assert not tags & set(packed.lexicon[:, :2].ravel().tolist())


@pytest.mark.parametrize("column", [0, 1])
def test_no_translation_is_of_the_end_token(packed, column):
    assert END not in packed.lexicon[:, column]
