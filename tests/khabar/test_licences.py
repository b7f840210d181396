import pytest

from khabar.errors import LicenceRefused
from khabar.licences import refused_models, require_permitted
from khabar.recipe import Recipe


def recipe(*licences: str) -> Recipe:
    models = [
        {"id": f"m/{number}", "revision": "1", "licence": licence, "pairs": [["en", "ru"]]}
        for number, licence in enumerate(licences)
    ]
    return Recipe.model_validate(
        {"name": "r", "summarizer": {"kind": "extractive"}, "models": models}
    )


def test_commercial_licences_pass():
    chosen = recipe("MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-SA-4.0")
    require_permitted(chosen, allow_noncommercial=False)
    assert refused_models(chosen, allow_noncommercial=False) == ()


def test_one_model_that_may_not_be_used_is_enough():
    chosen = recipe("MIT", "CC-BY-NC-4.0", "cc-by-nc-sa-4.0")
    with pytest.raises(LicenceRefused) as refused:
        require_permitted(chosen, allow_noncommercial=False)
    assert "m/1, m/2" in refused.value.message
    assert "m/0" not in refused.value.message
    assert "CC-BY-NC-4.0" in refused.value.message
    assert "KHABAR_ALLOW_NONCOMMERCIAL" in str(refused.value.hint)
    assert refused_models(chosen, allow_noncommercial=False) == ("m/1", "m/2")


def test_the_setting_permits_all():
    chosen = recipe("CC-BY-NC-4.0")
    require_permitted(chosen, allow_noncommercial=True)
    assert refused_models(chosen, allow_noncommercial=True) == ()
