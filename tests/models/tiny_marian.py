"""A small, real translation model for tests, trained on this machine and kept between runs.

It translates the sentences of grammar.py between English and Russian and between English and
Arabic, and nothing else. Its mistakes are those a real model makes: a wrong tag gives a wrong
language, a wrong tokenizer gives nonsense.
"""

from pathlib import Path

from khabar.languages import Language
from tests.models.cache import kept_folder
from workers.models.manifest import LanguagePair, ModelCard

TAGS = {Language.RUSSIAN: ">>rus<<", Language.ARABIC: ">>ara<<", Language.ENGLISH: ">>eng<<"}
CHECKPOINT = "checkpoint"
MODELS = "models"

CARD = ModelCard(
    id="khabar-tests/tiny-marian",
    revision="1",
    licence="Apache-2.0",
    architecture="MarianMTModel",
    pairs=(
        LanguagePair(source=Language.ENGLISH, target=Language.RUSSIAN),
        LanguagePair(source=Language.ENGLISH, target=Language.ARABIC),
        LanguagePair(source=Language.RUSSIAN, target=Language.ENGLISH),
        LanguagePair(source=Language.ARABIC, target=Language.ENGLISH),
    ),
    target_tokens={language: (tag,) for language, tag in TAGS.items()},
    max_source_tokens=64,
    max_target_tokens=64,
)

_CODE = ("grammar.py", "tiny_marian.py", "train_tiny_marian.py")


def tiny_model() -> Path:
    """Return a models folder that holds the model, ready for a service; treat it as read-only."""
    return _trained() / MODELS


def tiny_checkpoint() -> Path:
    """Return the folder of the same model as transformers keeps it."""
    return _trained() / CHECKPOINT


def _trained() -> Path:
    return kept_folder("tiny-marian", "tests.models.train_tiny_marian", _CODE)
