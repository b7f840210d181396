"""The engines of installed models, by direction, to be scored together."""

from collections.abc import Iterable

from khabar.languages import Direction
from training.pairs import direction_name
from workers.engines.ct2 import CT2Engine, load_engine
from workers.models.store import InstalledModel


class DirectionTwice(ValueError):
    """Two models translate the same direction, so it is not clear which is to be scored."""


def load_directions(
    models: Iterable[InstalledModel], *, hints: bool = True
) -> dict[Direction, CT2Engine]:
    """Return what to translate each direction of the models with. Raises DirectionTwice.

    Without ``hints``, a model that reads them gets none.
    """
    engines: dict[Direction, CT2Engine] = {}
    for model in models:
        engine = load_engine(model) if hints else load_engine(model).without_hints()
        for pair in model.manifest.pairs:
            direction = pair.source, pair.target
            if direction in engines:
                raise DirectionTwice(
                    f"{direction_name(*direction)}: by {model.manifest.id} and another; name some."
                )
            engines[direction] = engine.reading(pair.source)
    return engines
