from dataclasses import replace

from khabar.languages import Language
from training.items import COLUMNS, held_out, read_items
from training.news import documents, news_pairs, sentences, triple_pairs, watched
from training.pairs import TRAIN, VALIDATION


def test_validation_is_apart_from_what_is_held_out(newsbank):
    items = [item for item in read_items(newsbank) if not held_out(item)]

    share = sum(map(watched, items)) / len(items)

    assert 0.02 < share < 0.06


def test_an_item_gives_sentences_headline_and_documents(newsbank):
    item = next(item for item in read_items(newsbank) if item.headlines and not watched(item))

    pairs = list(news_pairs([item]))

    count = len(item.body[Language.ENGLISH])
    assert len(sentences(item)) == count + 2
    assert len(documents(item)) == count - 1 + 1
    assert len(pairs) == 3 * ((count + 2) + 1 + count)
    assert {pair.split for pair in pairs} == {TRAIN}


def test_sentences_that_were_translated_closely_are_a_source_of_their_own(newsbank):
    item = next(item for item in read_items(newsbank) if item.headlines)

    sources = [pair.source for pair in news_pairs([item])]
    close = [pair.source for pair in news_pairs([replace(item, close=True)])]

    assert close == ["close" if source == "news" else source for source in sources]


def test_a_list_of_briefs_is_no_document(newsbank):
    item = next(item for item in read_items(newsbank) if not item.headlines)

    assert documents(item) == []
    assert sentences(item)


def test_a_watched_item_is_for_validation(newsbank):
    item = next(item for item in read_items(newsbank) if watched(item))

    assert {pair.split for pair in news_pairs([item])} == {VALIDATION}


def test_arabic_loses_its_signs_in_training_text():
    triple = dict(zip(COLUMNS, ("new", "новый", "جديدًا"), strict=True))

    assert [pair.second_text for pair in triple_pairs("news", triple)] == [
        "новый",
        "جديدا",
        "جديدا",
    ]
