"""What is known of a model before it is installed: by its recipe, and by the folder it comes in."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from khabar.errors import FieldInvalid
from khabar.recipe import ModelChoice
from workers.models.manifest import MANIFEST_NAME, ModelCard, TokenizerKind, stated
from workers.models.tokenizer_files import SOURCE_SENTENCEPIECE

CARD_NAME = "card.json"

_NOT_TOLD = "as converted"

# A recipe always states these, so what a folder says of them has no weight.
_FROM_RECIPE = frozenset({"id", "revision", "licence", "engine", "pairs"})


def card_of(choice: ModelChoice, folder: Path) -> ModelCard:
    """Return what the recipe and the folder say of a model; the recipe has the last word.

    A folder tells the rest in its card.json, or in the manifest of an installed model that was
    copied from another machine; a plain checkpoint names its architecture in its config.json.
    Raises FieldInvalid.
    """
    told = _told(folder)
    facts = {name: value for name, value in told.items() if name in ModelCard.model_fields}
    try:
        return ModelCard.model_validate({**facts, **stated(choice)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise FieldInvalid(
            f"The folder does not tell what is needed of {choice.id}: {where}: {first['msg']}.",
            field="from",
            hint=f"Write it into {CARD_NAME} in the folder; docs/models.md tells the fields.",
        ) from error


def kept_quantization(folder: Path) -> str:
    """Return the type that the weights of a converted model are kept in, as its folder tells."""
    return str(_told(folder).get("quantization", _NOT_TOLD))


def _told(folder: Path) -> dict[str, Any]:
    for name in (CARD_NAME, MANIFEST_NAME):
        if (folder / name).is_file():
            told = _json(folder / name)
            return {key: value for key, value in told.items() if key not in _FROM_RECIPE}
    config = _json(folder / "config.json") if (folder / "config.json").is_file() else {}
    pieces = (folder / SOURCE_SENTENCEPIECE).is_file()
    kind = TokenizerKind.SENTENCEPIECE if pieces else TokenizerKind.TRANSFORMERS
    architecture = next(iter(config.get("architectures", ())), None)
    return {"tokenizer": kind, "architecture": architecture}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FieldInvalid(f"{path.name} is not JSON.", field="from") from error
    if not isinstance(found, dict):
        raise FieldInvalid(f"{path.name} holds no JSON object.", field="from")
    return found
