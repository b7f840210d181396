from training.card import model_card
from training.vocabulary import TAGS


def test_the_card_says_what_was_learnt(config):
    card = model_card(config)

    assert len(set(card.pairs)) == 6
    assert card.target_tokens == {language: (tag,) for language, tag in TAGS.items()}
    assert card.max_source_tokens == config.train.max_length
    assert card.max_target_tokens <= config.model.positions
    assert card.licence == "CC-BY-SA-4.0"
