"""``python -m workers.models``: what ``khabar models`` starts, since only workers know models.

It prints one JSON document: ``{"result": ...}``, or ``{"error": ...}`` with the exit code 2 if the
input is at fault and 1 if it is not.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import ValidationError

from khabar.errors import FieldInvalid, InvalidInput, KhabarError, ModelMissing
from khabar.recipe import ModelChoice, RecipeBook
from khabar.settings import Settings
from workers.models.install import install_from_folder
from workers.models.manifest import (
    MANIFEST_NAME,
    LanguagePair,
    ModelCard,
    TokenizerKind,
    folder_name,
)
from workers.models.store import ModelStore
from workers.models.tokenizer_files import SOURCE_SENTENCEPIECE

_CARD_NAME = "card.json"
_FROM_RECIPE = frozenset({"id", "revision", "licence", "engine", "pairs"})
_DOWNLOADED = ("*.json", "*.safetensors", "*.spm", "*.model", "*.txt", "*.bin")
_NOT_DOWNLOADED = ("pytorch_model*.bin", "tf_model*", "flax_model*", "rust_model*")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    store = ModelStore(settings.models_folder)
    try:
        book = RecipeBook.load(settings.recipes_folder, settings.default_recipe)
        answer, code = {"result": options.run(options, book, store)}, 0
    except KhabarError as error:
        answer = {"error": error.record().model_dump(exclude_none=True)}
        code = 2 if isinstance(error, InvalidInput) else 1
    json.dump(answer, sys.stdout, ensure_ascii=False)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers.models", description=__doc__)
    commands = parser.add_subparsers(required=True)
    commands.add_parser("list").set_defaults(run=_list)
    pull = commands.add_parser("pull")
    pull.add_argument("recipe")
    pull.add_argument("--from", dest="folder", type=Path)
    pull.set_defaults(run=_pull)
    return parser


def _list(_: argparse.Namespace, book: RecipeBook, store: ModelStore) -> dict[str, Any]:
    """Return the models that are installed and those that a recipe asks for."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in store.installed():
        facts = model.manifest.model_dump(mode="json", include={"id", "revision", "licence"})
        rows[facts["id"], facts["revision"]] = {
            **facts,
            "installed": True,
            "bytes": model.size,
            "recipes": [],
        }
    for recipe in book.all():
        for choice in _translating(recipe.models):
            facts = choice.model_dump(mode="json", include={"id", "revision", "licence"})
            absent = {**facts, "installed": False, "bytes": None, "recipes": []}
            rows.setdefault((choice.id, choice.revision), absent)["recipes"].append(recipe.name)
    return {"models": [rows[key] for key in sorted(rows)]}


def _pull(options: argparse.Namespace, book: RecipeBook, store: ModelStore) -> dict[str, Any]:
    """Install what the recipe asks for and the store has not."""
    recipe = book.find(options.recipe)
    installed, present = list[str](), list[str]()
    choices = _translating(recipe.models)
    for choice in choices:
        if _has(store, choice):
            present.append(choice.id)
            continue
        with _source(choice, options.folder, alone=len(choices) == 1) as folder:
            install_from_folder(folder, store, _card(choice, folder))
        installed.append(choice.id)
    return {"recipe": recipe.name, "installed": installed, "present": present}


def _translating(choices: Sequence[ModelChoice]) -> list[ModelChoice]:
    return [choice for choice in choices if choice.engine == "ct2"]


def _has(store: ModelStore, choice: ModelChoice) -> bool:
    try:
        store.find(choice.id, choice.revision)
    except ModelMissing:
        return False
    return True


@contextmanager
def _source(choice: ModelChoice, folder: Path | None, *, alone: bool) -> Iterator[Path]:
    """Lend the folder a model is to be installed from: a given one, or a download."""
    if folder is not None:
        own = folder / folder_name(choice.id)
        if not own.is_dir() and not alone:
            raise FieldInvalid(
                f"There is no folder for the model {choice.id}.",
                field="from",
                limit=folder_name(choice.id),
                hint="For a recipe of several models, give a folder that holds one for each.",
            )
        yield own if own.is_dir() else folder
        return
    with tempfile.TemporaryDirectory(prefix="khabar-model-") as name:
        _download(choice, Path(name))
        yield Path(name)


def _download(choice: ModelChoice, folder: Path) -> None:
    # Imported here: only a download needs the client of the model hub.
    from huggingface_hub import snapshot_download

    print(f"Downloading {choice.id} at {choice.revision}", file=sys.stderr)  # noqa: T201
    try:
        snapshot_download(
            choice.id,
            revision=choice.revision,
            local_dir=folder,
            allow_patterns=list(_DOWNLOADED),
            ignore_patterns=list(_NOT_DOWNLOADED),
        )
    except (OSError, httpx.HTTPError) as error:
        raise ModelMissing(
            f"The model {choice.id} could not be downloaded: {type(error).__name__}.",
            hint="Where the hub cannot be reached, get the folder otherwise and use --from FOLDER.",
        ) from error


def _card(choice: ModelChoice, folder: Path) -> ModelCard:
    """Return what the recipe and the folder say of a model; the recipe has the last word.

    A folder tells the rest in its card.json, or in the manifest of an installed model that was
    copied from another machine; a plain checkpoint names its architecture in its config.json.
    """
    told = _told(folder)
    facts = {name: value for name, value in told.items() if name in ModelCard.model_fields}
    pairs = tuple(LanguagePair(source=source, target=target) for source, target in choice.pairs)
    facts |= {"id": choice.id, "revision": choice.revision, "licence": choice.licence}
    try:
        return ModelCard.model_validate({**facts, "engine": choice.engine, "pairs": pairs})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise FieldInvalid(
            f"The folder does not tell what is needed of {choice.id}: {where}: {first['msg']}.",
            field="from",
            hint=f"Write it into {_CARD_NAME} in the folder; docs/recipes.md tells the fields.",
        ) from error


def _told(folder: Path) -> dict[str, Any]:
    for name in (_CARD_NAME, MANIFEST_NAME):
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
