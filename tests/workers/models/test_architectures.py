import pytest

from khabar.errors import EngineFailed
from workers.models.architectures import ARCHITECTURES, find_architecture


def test_every_known_kind_is_found_by_its_name():
    for name, architecture in ARCHITECTURES.items():
        assert find_architecture(name) is architecture


def test_kinds_are_named_as_their_makers_do():
    with pytest.raises(EngineFailed) as caught:
        find_architecture("bart")
    assert "BartForConditionalGeneration" in caught.value.limit
