import numpy as np
import pytest

from khabar.languages import Language
from training.config import ShortlistConfig
from training.pairs import TRAIN, VALIDATION
from training.shortlist import write_shortlist
from training.unpacking import Group, Pack
from training.vocabulary import END, TAGS, load_pieces
from workers.engines.shortlist import read_shortlist
from workers.models.converted import SHORTLIST

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC
NAMES = ["<pad>", "</s>", "<unk>", "<s>", ">>eng<<", ">>rus<<", ">>ara<<", "<0xE2>", "▁a b"]
NAMES += ["▁the", "▁cat", "▁кот", "▁пёс", "▁сова", "▁и", "ж", "▁قط"]
RUSSIAN = [("▁the ▁cat", "▁кот ▁и"), ("▁cat", "▁кот"), ("▁the ▁cat", "▁кот ▁сова")]
ARABIC = [("▁cat", "▁قط")]


class Named:
    """As much of a sentencepiece model as is asked, with the names above."""

    piece_to_id = staticmethod(NAMES.index)
    id_to_piece = staticmethod(NAMES.__getitem__)

    @staticmethod
    def get_piece_size():
        return len(NAMES)


def packed_of(*parts):
    """Return a pack; a part is a group and the texts of its examples, a source and a target."""
    texts, rows = [], []
    for number, (_, examples) in enumerate(parts):
        for source, target in examples:
            rows.append((len(texts), len(texts) + 1, number))
            texts += [[*map(NAMES.index, text.split()), END] for text in (source, target)]
    return Pack(
        None,
        tuple(group for group, _ in parts),
        tokens=np.array([token for text in texts for token in text], np.uint16),
        lengths=np.array([len(text) for text in texts], np.uint16),
        sources=np.array([row[0] for row in rows]),
        targets=np.array([row[1] for row in rows]),
        groups=np.array([row[2] for row in rows]),
        lexicon=np.empty((0, 3), np.uint16),
    )


@pytest.fixture
def listed(tmp_path):
    """Return what the shortlist of some examples lets, of so many pieces a language."""

    def run(*parts, frequent=9):
        path = tmp_path / SHORTLIST
        write_shortlist(packed_of(*parts), Named(), ShortlistConfig(frequent), path)
        return read_shortlist(path)

    return run


def test_a_tag_lets_what_its_language_is_written_with(listed):
    rules = listed((Group(TRAIN, "news", EN, RU), RUSSIAN), (Group(TRAIN, "news", EN, AR), ARABIC))

    assert rules == {TAGS[RU]: {"▁кот", "▁и", "▁сова"}, TAGS[AR]: {"▁قط"}}


def test_rare_pieces_are_left_out_but_not_letters(listed):
    spelt = [*RUSSIAN, ("▁cat", "ж"), ("▁cat", "<0xE2>")]

    rules = listed((Group(TRAIN, "news", EN, RU), spelt), frequent=1)

    assert rules == {TAGS[RU]: {"▁кот", "▁и", "ж", "<0xE2>"}}


def test_what_is_kept_for_judging_is_not_counted(listed):
    rules = listed(
        (Group(TRAIN, "news", EN, RU), RUSSIAN),
        (Group(VALIDATION, "news", EN, RU), [("▁cat", "▁пёс")]),
    )

    assert "▁пёс" not in rules[TAGS[RU]]


def test_a_text_counts_for_the_language_it_is_written_in_and_not_where_it_is_read(listed):
    back = [("▁кот ▁и", "▁the ▁cat"), ("▁пёс", "▁the")]

    rules = listed((Group(TRAIN, "news", EN, RU), RUSSIAN), (Group(TRAIN, "news", RU, EN), back))

    assert rules == {TAGS[RU]: {"▁кот", "▁и", "▁сова"}, TAGS[EN]: {"▁the", "▁cat"}}


def test_a_piece_with_the_files_own_signs_is_left_out(tmp_path):
    pack = packed_of((Group(TRAIN, "news", EN, RU), RUSSIAN))
    pack.tokens[pack.tokens == NAMES.index("▁сова")] = NAMES.index("▁a b")

    write_shortlist(pack, Named(), ShortlistConfig(9), tmp_path / SHORTLIST)

    assert read_shortlist(tmp_path / SHORTLIST) == {TAGS[RU]: {"▁кот", "▁и"}}


def test_a_pack_has_one_of_its_own_vocabulary(packed):
    pieces = load_pieces(packed.vocabulary)
    rules = read_shortlist(packed.folder / SHORTLIST)

    assert rules.keys() == set(TAGS.values())
    assert "▁и" in rules[TAGS[RU]]
    assert "▁и" not in rules[TAGS[EN]]
    known = {str(pieces.id_to_piece(number)) for number in range(pieces.get_piece_size())}
    assert known.issuperset(set().union(*rules.values()))
