import threading
from pathlib import Path

import pytest

from khabar.errors import ModelMissing
from khabar.languages import Language
from khabar.recipe import Recipe
from tests.workers.builders import fake_recipe, registry_of
from workers.protocols import Translator

EN, RU, AR = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def test_a_translator_is_built_once_for_all_threads():
    recipe = fake_recipe("en-ru")
    registry = registry_of(recipe)
    found: list[Translator] = []
    threads = [
        threading.Thread(target=lambda: found.append(registry.translator(recipe, EN, RU)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(translator) for translator in found}) == 1


def test_russian_reaches_arabic_through_english():
    recipe = fake_recipe("ru-en", "en-ar")
    translator = registry_of(recipe).translator(recipe, RU, AR)
    assert (translator.source, translator.target) == (RU, AR)


def test_a_model_that_is_not_installed_is_named_with_the_command(tmp_path: Path):
    recipe = Recipe.model_validate(
        {
            "name": "desk",
            "summarizer": {"kind": "extractive"},
            "models": [
                {"id": "desk/en-ru", "revision": "1", "licence": "MIT", "pairs": [["en", "ru"]]}
            ],
        }
    )
    registry = registry_of(recipe, tmp_path)
    with pytest.raises(ModelMissing, match="desk/en-ru") as missing:
        registry.translator(recipe, EN, RU)
    assert "khabar models pull desk" in str(missing.value.hint)
