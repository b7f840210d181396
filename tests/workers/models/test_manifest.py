from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from khabar.languages import Language
from tests.workers.models.folders import CARD
from workers.models.manifest import Manifest, ModelCard, folder_name


def test_a_manifest_survives_its_encoding():
    manifest = Manifest(
        **CARD.model_dump(),
        quantization="int8",
        files={"model.bin": "00"},
        installed_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest
    assert manifest.targets == {Language.RUSSIAN}


@pytest.mark.parametrize(
    "change",
    [{"id": "../x"}, {"pairs": ()}, {"licence": ""}, {"engine": "other"}, {"unknown": 1}],
)
def test_a_mistake_is_refused(change):
    with pytest.raises(ValidationError):
        ModelCard(**{**CARD.model_dump(), **change})


def test_the_slash_of_an_id_becomes_two_hyphens():
    assert folder_name("owner/some-model_1.0") == "owner--some-model_1.0"
