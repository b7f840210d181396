import json
import shutil
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from khabar.languages import Language
from training.card import model_card
from training.forms import without_yo
from training.packing import pack
from training.pairs import TRAIN, VALIDATION, read_pairs
from training.prepare import PAIRS
from training.unpacking import MANIFEST, PackDamaged, unpack
from training.vocabulary import END, VOCABULARY, load_pieces, tag_ids


def pairs_of(packed, pieces, split):
    """Return the clean examples as texts."""
    for position in range(len(packed.sources)):
        group = packed.groups_known[packed.groups[position]]
        if group.split == split and group.source == "headline":
            rows = [packed.text(packed.sources[position]), packed.text(packed.targets[position])]
            assert all(row[-1] == END for row in rows)
            yield (group.first, group.second, *pieces.decode([row[:-1] for row in rows]))


def test_what_was_packed_is_what_was_prepared(work, packed):
    pieces = load_pieces(work / VOCABULARY)
    prepared = {
        texts
        for p in read_pairs(work / PAIRS)
        if (p.split, p.source) == (TRAIN, "headline")
        for texts in (
            (p.first, p.second, p.first_text, without_yo(p.second_text)),
            (p.second, p.first, p.second_text, without_yo(p.first_text)),
        )
    }

    assert set(pairs_of(packed, pieces, TRAIN)) == prepared


def test_russian_is_read_as_it_stands_and_written_as_newspapers_write_it(packed):
    pieces = load_pieces(packed.vocabulary)
    found = list(pairs_of(packed, pieces, TRAIN))

    read = [text for source, _, text, _ in found if source is Language.RUSSIAN]
    written = [text for _, target, _, text in found if target is Language.RUSSIAN]
    assert "ё" in "".join(read)
    assert "ё" not in "".join(written)


def test_a_source_is_marked_where_the_translation_is_full(packed, config):
    pieces = load_pieces(packed.vocabulary)
    tags = tag_ids(pieces)
    marked = Counter()
    for example, number in enumerate(packed.groups.tolist()):
        group = packed.groups_known[number]
        source, target = (packed.text(side[example]) for side in (packed.sources, packed.targets))
        told = source[0] == tags[group.second]
        marked[group.direction, group.split, told] += 1
        if (group.direction, group.split, group.source) == ("en-ru", TRAIN, "headline"):
            ratio = len(pieces.decode(target[:-1])) / len(pieces.decode(source[:-1]))
            assert told == (ratio >= config.full["en-ru"])

    assert {direction for direction, _, told in marked if told} == set(config.full)
    assert marked["en-ru", TRAIN, False] > 0
    assert marked["en-ru", VALIDATION, False] == 0


def test_both_splits_and_all_directions_are_there(packed):
    assert {group.split for group in packed.groups_known} == {TRAIN, VALIDATION}
    assert len({(group.first, group.second) for group in packed.groups_known}) == 6


def test_what_is_not_to_be_learnt_is_not_there(packed, work, config, tmp_path):
    directions = {**config.mix.directions, "ru-en": 0.0, "ar-ru": 0.0}
    half = replace(config, mix=replace(config.mix, directions=directions))

    pack(half, packed.folder / "config.toml", work, tmp_path)
    found = unpack(tmp_path)

    left = {"en-ru", "en-ar", "ru-ar", "ar-en"}
    assert "dictionary" not in {group.source for group in packed.groups_known}
    assert {group.direction for group in found.groups_known} == left
    assert {f"{pair.source}-{pair.target}" for pair in model_card(half).pairs} == left


def test_a_model_into_english_has_translations_of_its_pieces(work, config, packed, tmp_path):
    directions = {"ru-en": 1.0, "ar-en": 1.0}
    into = replace(config, full={}, mix=replace(config.mix, directions=directions))

    pack(into, packed.folder / "config.toml", work, tmp_path)

    assert len(unpack(tmp_path).lexicon) > 1000


def test_no_example_is_longer_than_the_model_learns(packed, config):
    limit = config.train.max_length

    assert packed.lengths[packed.sources].max() + 1 <= limit
    assert packed.lengths[packed.targets].max() <= limit
    assert packed.lengths.sum() == len(packed.tokens)


def test_copies_are_only_read(packed, work):
    copies = [p for p in read_pairs(work / PAIRS) if p.copy and p.second is Language.ARABIC]
    group = next(
        number
        for number, found in enumerate(packed.groups_known)
        if (found.split, found.source, found.direction) == (TRAIN, "news", "en-ar")
    )

    examples = np.flatnonzero(packed.groups == group)

    assert copies
    # Each target is written once for the clean source and once for each copy.
    counts = np.unique(packed.targets[examples], return_counts=True)[1]
    assert counts.max() >= 2


@pytest.mark.parametrize("name", ["tokens.xz", "vocabulary.spm", "config.toml"])
def test_a_damaged_file_is_named(packed, tmp_path, name):
    copy = tmp_path / "pack"
    shutil.copytree(packed.folder, copy)
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(bytes(content))

    with pytest.raises(PackDamaged, match=name):
        unpack(copy)


def test_a_missing_file_is_named(packed, tmp_path):
    copy = tmp_path / "pack"
    shutil.copytree(packed.folder, copy)
    (copy / "groups.xz").unlink()

    with pytest.raises(PackDamaged, match="groups"):
        unpack(copy)


def test_a_pack_of_an_earlier_recipe_lacks_a_file(packed, tmp_path):
    copy = tmp_path / "pack"
    shutil.copytree(packed.folder, copy)
    (copy / "lexicon.xz").unlink()
    manifest = json.loads((copy / MANIFEST).read_text(encoding="utf-8"))
    del manifest["files"]["lexicon.xz"]
    (copy / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")

    with pytest.raises(PackDamaged, match=r"lexicon\.xz"):
        unpack(copy)


def test_a_folder_that_is_no_pack(tmp_path):
    with pytest.raises(PackDamaged, match=MANIFEST):
        unpack(tmp_path)


def kept_for_judging(packed):
    for example, number in enumerate(packed.groups.tolist()):
        if packed.groups_known[number].split == VALIDATION:
            yield [packed.text(side[example]) for side in (packed.sources, packed.targets)]


def test_less_effort_packs_the_same_in_more_bytes(packed, work, config, tmp_path):
    pack(config, packed.folder / "config.toml", work, tmp_path, effort=0)

    found = unpack(tmp_path)

    assert (tmp_path / "tokens.xz").stat().st_size > (packed.folder / "tokens.xz").stat().st_size
    # Noisy copies are cut at random; nothing that is kept for judging is one.
    assert list(kept_for_judging(found)) == list(kept_for_judging(packed))
