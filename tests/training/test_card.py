from dataclasses import replace

from khabar.languages import Language
from training.card import model_card
from training.vocabulary import TAGS


def test_the_card_says_what_was_learnt(config):
    card = model_card(config)

    assert len(set(card.pairs)) == 6
    assert card.target_tokens == {
        language: (tag,) * (2 if language is Language.RUSSIAN else 1)
        for language, tag in TAGS.items()
    }
    assert card.max_source_tokens == config.train.max_length
    assert card.max_target_tokens <= config.model.positions
    assert card.licence == "CC-BY-SA-4.0"


def test_what_is_not_learnt_is_not_asked_for(config):
    directions = {**config.mix.directions, "en-ru": 0.0, "ar-ru": 0.0}

    card = model_card(replace(config, mix=replace(config.mix, directions=directions)))

    assert len(card.pairs) == 4
    assert card.target_tokens[Language.RUSSIAN] == (TAGS[Language.RUSSIAN],)
