import dataclasses
import shutil
from collections import Counter

import pytest

from khabar.languages import Language
from training.config import HintsConfig
from training.hints import HintedSources
from training.packing import pack
from training.pairs import VALIDATION
from training.unpacking import unpack
from training.vocabulary import END, TAGS, load_pieces
from workers.engines.vocabulary import SentencePieceVocabulary
from workers.hints.lexicon import HINTS, Lexicon
from workers.hints.sources import Hints

EN, RU = Language.ENGLISH, Language.RUSSIAN
ALL = HintsConfig(frequent=0, likely=0.3, seldom=99, none=0.0, left_out=0.0, by_sound=0.0)
LEXICON = Lexicon.of([(EN, RU, "hurrican", "ураган"), (EN, RU, "erdoğan", "Эрдоган")])


def hinted(packed, config, text):
    pieces = load_pieces(packed.vocabulary)
    sources = HintedSources(LEXICON, pieces, config, seed=1)
    (row,) = pieces.encode([text])
    return pieces, [sources.with_some_hints(row, EN, RU) for _ in range(200)], row


def test_a_hint_follows_its_word_behind_the_tag(packed):
    pieces, (found, *_), row = hinted(packed, ALL, "the hurricane")

    tag = int(pieces.piece_to_id(TAGS[RU]))
    assert found == [*row, tag, *pieces.encode(["ураган"])[0]]


@pytest.mark.parametrize(
    "text",
    ["Hurricanes, and Erdoğan’s “hurricane”", "Smith saw 3rd-class 日本 hurricanes", "", "日"],
)
def test_what_is_learnt_from_is_what_a_model_reads_later(packed, tmp_path, text):
    pieces = load_pieces(packed.vocabulary)
    (row,) = pieces.encode([text])
    for name in ("source.spm", "target.spm"):
        shutil.copyfile(packed.vocabulary, tmp_path / name)
    vocabulary = SentencePieceVocabulary(tmp_path)

    learnt = HintedSources(LEXICON, pieces, ALL, seed=1).hinted(row, EN, RU)
    read = Hints(LEXICON, vocabulary).among(vocabulary.encode(text), (TAGS[RU],), EN, RU)

    assert [pieces.id_to_piece(number) for number in learnt] == read
    assert (len(read) > len(row)) == (len(text) > 1)


def test_a_capital_inside_a_sentence_may_be_spelt_and_one_at_its_beginning_not(packed):
    config = dataclasses.replace(ALL, by_sound=0.5)

    pieces, found, _ = hinted(packed, config, "Hurricane Hurricane")

    told = Counter(pieces.decode(found))
    assert set(told) == {
        "Hurricane ураган Hurricane ураган",
        "Hurricane ураган Hurricane Хуррикане",
    }
    assert min(told.values()) > 60


@pytest.mark.parametrize(
    ("chance", "least", "most"), [(0.0, 0, 0), (0.5, 60, 140), (1.0, 200, 200)]
)
@pytest.mark.parametrize("kind", ["none", "left_out"])
def test_hints_are_left_out_as_often_as_is_said(packed, kind, chance, least, most):
    config = dataclasses.replace(ALL, **{kind: chance})

    _, found, row = hinted(packed, config, "the hurricane")

    assert least <= sum(one == row for one in found) <= most


def test_a_pack_with_hints_has_other_sources_and_the_same_targets(packed, work, config, tmp_path):
    told = dataclasses.replace(config, full={}, hints=ALL)
    pack(told, packed.folder / "config.toml", work, tmp_path)

    found = unpack(tmp_path)

    assert (tmp_path / HINTS).is_file()
    tags = {int(load_pieces(found.vocabulary).piece_to_id(tag)) for tag in TAGS.values()}
    assert not any(tags & set(found.text(number)) for number in set(found.targets[:300].tolist()))
    sources = [found.text(number) for number in found.sources[:300].tolist()]
    assert sum(bool(tags & set(source)) for source in sources) > 100
    assert all(source[-1] == END for source in sources)
    # The pieces' lexicon is of plain sources: no tag, and no piece that translates itself.
    assert not tags & set(found.lexicon[:, :2].ravel().tolist())


def test_what_is_watched_has_all_its_hints(packed, work, config, tmp_path):
    told = dataclasses.replace(config, full={}, hints=dataclasses.replace(ALL, none=1.0))
    pack(told, packed.folder / "config.toml", work, tmp_path)

    found = unpack(tmp_path)

    tags = {int(load_pieces(found.vocabulary).piece_to_id(tag)) for tag in TAGS.values()}
    splits = [found.groups_known[group].split for group in found.groups.tolist()]
    hints = Counter(
        split
        for split, number in zip(splits, found.sources.tolist(), strict=True)
        if tags & set(found.text(number))
    )
    assert hints[VALIDATION] > 0
    assert set(hints) == {VALIDATION}


def test_a_pack_without_hints_forgets_an_earlier_lexicon(work, config, packed, tmp_path):
    (tmp_path / HINTS).write_bytes(b"old")

    pack(config, packed.folder / "config.toml", work, tmp_path)

    assert not (tmp_path / HINTS).exists()
