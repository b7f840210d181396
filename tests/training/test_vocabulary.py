from khabar.languages import Language
from training.pairs import read_pairs
from training.prepare import PAIRS
from training.vocabulary import (
    END,
    PAD,
    START,
    TAGS,
    UNKNOWN,
    VOCABULARY,
    fertility,
    load_pieces,
    piece_names,
    tag_ids,
)


def test_the_special_pieces_have_their_numbers(work, config):
    pieces = load_pieces(work / VOCABULARY)

    names = piece_names(pieces)

    assert len(names) == len(set(names)) == config.vocabulary.size
    assert [names[n] for n in (PAD, END, UNKNOWN, START)] == ["<pad>", "</s>", "<unk>", "<s>"]
    assert {names[number] for number in tag_ids(pieces).values()} == set(TAGS.values())


def test_any_text_comes_back_even_in_letters_never_seen(work):
    pieces = load_pieces(work / VOCABULARY)
    texts = ["Совет одобрил 12,5 млн", "أعلنت الحكومة 2024", "Łódź ქართული 漢字 🙂"]

    rows = pieces.encode(texts)

    assert pieces.decode(rows) == texts
    assert not any(UNKNOWN in row for row in rows)


def test_each_digit_is_a_piece_of_its_own(work):
    pieces = load_pieces(work / VOCABULARY)

    (row,) = pieces.encode(["370000"])

    assert [pieces.id_to_piece(number) for number in row][-6:] == list("370000")


def test_a_tag_in_a_text_is_no_tag(work):
    pieces = load_pieces(work / VOCABULARY)

    (row,) = pieces.encode([TAGS[Language.RUSSIAN]])

    assert not set(row) & set(tag_ids(pieces).values())


def test_fertility_counts_pieces_a_word(work):
    found = fertility(load_pieces(work / VOCABULARY), read_pairs(work / PAIRS))

    assert set(found) == set(Language)
    assert all(1 < value < 5 for value in found.values())
