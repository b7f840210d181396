"""Articles made of sentences that the small model can translate, each unlike the others."""

import functools
import random
from collections.abc import Sequence

from khabar.languages import Language
from tests.models.grammar import Triple, lessons


@functools.cache
def _lessons() -> Sequence[Triple]:
    return lessons()


def story(number: int, sentences: int = 6) -> list[Triple]:
    """Return the sentences of one story, always the same for one number."""
    return random.Random(number).sample(_lessons(), sentences)


def article(number: int, language: Language = Language.ENGLISH, **changes: object) -> dict:
    """Return a story as it is posted. Its number stands in it, so no two are alike."""
    told = story(number)
    return {
        "headline": told[0].text(language).rstrip("."),
        "text": "\n".join(triple.text(language) for triple in told),
        "guid": f"story-{number}",
        "recipe": "tiny",
        **changes,
    }


def translations(told: Sequence[Triple], source: Language, target: Language) -> dict[str, str]:
    """Return what each sentence of a story is in another language."""
    return {triple.text(source): triple.text(target) for triple in told}
