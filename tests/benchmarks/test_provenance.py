"""What is documented of the sources must stay so, on a part of the newsbank."""

import pytest

from benchmarks.provenance import (
    LANGUAGES,
    NEWSBANK,
    align_item,
    label_table,
    read_labels,
    unsupported_table,
)
from khabar.languages import Language
from training.items import Item, held_out, read_items


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return [item for item in read_items(NEWSBANK) if item.headlines and held_out(item)]


def test_the_labels_are_of_held_out_items_and_name_sentences_that_are_there(items):
    by_headline = {item.headlines[Language.ENGLISH]: item for item in items}
    labels = read_labels()
    assert len(labels) == 30
    for label in labels:
        item = by_headline[label.headline]
        assert label.needed
        assert max(label.needed | label.also) < len(item.body[Language.ENGLISH])
        assert label.sentence < len(item.summary[Language.ENGLISH])


def test_six_in_ten_first_sources_are_right(items):
    for row in list(label_table(items, read_labels()))[2:]:
        right = int(row.split(" | ")[1].split(" of ")[0])
        assert right >= 18


def test_the_languages_agree_on_more_than_half_of_the_first_sources(items):
    rows = [sources for item in items[:60] for sources in align_item(item)]
    named = [row for row in rows if all(row.values())]
    agree = [row for row in named if len({row[language][0] for language in LANGUAGES}) == 1]
    assert len(named) > 60
    assert len(agree) / len(named) > 0.4


def test_sentences_of_another_article_mostly_have_no_source(items):
    for row in list(unsupported_table(items[:60]))[2:]:
        _, own, other = (cell.strip(" |") for cell in row.split(" | "))
        assert float(own) < 25
        assert float(other) > 60
