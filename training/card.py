"""What the model store is told of the exported model."""

from training.config import Config
from training.pairs import DIRECTIONS, direction_name
from training.vocabulary import TAGS
from workers.models.manifest import LanguagePair, ModelCard

ARCHITECTURE = "KhabarTransformer"
"""What the engine has to know of a model is which tokens it wants around a text, and it knows that
by this name: as in Marian's multilingual models, a tag stands before the source and the end token
after it. Inside, the layers are in another order than Marian's."""


def model_card(config: Config) -> ModelCard:
    """Return the card. A source is never longer than what was learnt from; positions bound both.

    A second tag asks for a full translation, where the model has learnt what that is.
    """
    learnt = [one for one in DIRECTIONS if config.mix.learns(direction_name(*one))]
    full = {second for first, second in learnt if direction_name(first, second) in config.full}
    return ModelCard(
        id=config.card.id,
        revision=config.card.revision,
        licence=config.card.licence,
        architecture=ARCHITECTURE,
        pairs=tuple(LanguagePair(source=first, target=second) for first, second in learnt),
        target_tokens={
            language: (tag,) * (2 if language in full else 1) for language, tag in TAGS.items()
        },
        max_source_tokens=config.train.max_length,
        max_target_tokens=min(2 * config.train.max_length, config.model.positions),
    )
