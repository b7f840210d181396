"""Engines for the tests: the small trained model, and the engine without a model."""

import pytest

from tests.models.tiny_marian import CARD, tiny_model
from workers.models.store import InstalledModel, ModelStore


@pytest.fixture(scope="session")
def tiny() -> InstalledModel:
    return ModelStore(tiny_model()).find(CARD.id)
