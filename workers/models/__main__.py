"""``python -m workers.models``: what ``khabar models`` starts, since only workers know models.

It prints one JSON document: ``{"result": ...}``, or ``{"error": ...}`` with the exit code 2 if the
input is at fault and 1 if it is not. What it says meanwhile goes to standard error.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khabar.errors import FieldInvalid, InvalidInput, KhabarError
from khabar.recipe import RecipeBook
from khabar.settings import Settings
from workers.models.disk import refused
from workers.models.lock import store_lock
from workers.models.manifest import folder_name
from workers.models.progress import DownloadProgress, on_standard_error
from workers.models.pull import local_models, pull
from workers.models.store import SHIPPED, ModelStore

_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Context:
    """What the commands work with."""

    settings: Settings
    recipes: RecipeBook
    store: ModelStore
    progress: DownloadProgress


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    settings = Settings()
    try:
        book = RecipeBook.load(
            settings.recipes_folder,
            settings.default_recipe,
            allow_noncommercial=settings.allow_noncommercial,
        )
        store = ModelStore(settings.models_folder, SHIPPED)
        context = Context(settings, book, store, on_standard_error())
        answer, code = {"result": options.run(options, context)}, 0
    except KhabarError as error:
        answer = {"error": error.record().model_dump(exclude_none=True)}
        code = 2 if isinstance(error, InvalidInput) else 1
    except OSError as error:
        answer, code = {"error": refused(error).record().model_dump(exclude_none=True)}, 1
    except KeyboardInterrupt:
        # What has arrived of a download stays, and the next pull goes on with it.
        return _INTERRUPTED
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
    verify = commands.add_parser("verify")
    verify.add_argument("models", nargs="*")
    verify.set_defaults(run=_verify)
    remove = commands.add_parser("remove")
    remove.add_argument("models", nargs="+")
    remove.set_defaults(run=_remove)
    return parser


def _list(_: argparse.Namespace, context: Context) -> dict[str, Any]:
    """Return the models that are installed and those that a recipe asks for."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for model in context.store.installed():
        facts = model.manifest.model_dump(mode="json", include={"id", "revision", "licence"})
        rows[facts["id"], facts["revision"]] = {
            **facts,
            "installed": True,
            "bytes": model.size,
            "recipes": [],
        }
    for recipe in context.recipes.all():
        for choice in local_models(recipe.models):
            facts = choice.model_dump(mode="json", include={"id", "revision", "licence"})
            absent = {**facts, "installed": False, "bytes": None, "recipes": []}
            rows.setdefault((choice.id, choice.revision), absent)["recipes"].append(recipe.name)
    return {"models": [rows[key] for key in sorted(rows)]}


def _pull(options: argparse.Namespace, context: Context) -> dict[str, Any]:
    """Install what the recipe asks for and the store has not."""
    recipe = context.recipes.find(options.recipe)
    pulled = pull(
        recipe.models,
        context.store,
        context.progress,
        device=context.settings.device,
        folder=options.folder,
    )
    return {
        "recipe": recipe.name,
        "installed": list(pulled.installed),
        "present": list(pulled.present),
    }


def _verify(options: argparse.Namespace, context: Context) -> dict[str, Any]:
    """Compare the files of models, or of all models, with the sums taken at installation."""
    store = context.store
    asked = [copy for name in _ids(options) for copy in store.copies(name)]
    models = asked or store.installed()
    return {
        "models": [
            {
                "id": model.manifest.id,
                "revision": model.manifest.revision,
                "shipped": store.ships(model),
                "damaged": list(store.verify(model)),
            }
            for model in models
        ]
    }


def _remove(options: argparse.Namespace, context: Context) -> dict[str, Any]:
    """Remove models, by id."""
    progress, store = context.progress, context.store
    with store_lock(store.folder, lambda: progress.tell("Waiting for a pull to end.")):
        freed = {name: store.remove(name) for name in _ids(options)}
    return {"removed": list(freed), "bytes": sum(freed.values())}


def _ids(options: argparse.Namespace) -> list[str]:
    """Return the ids that were given, each once. Raises FieldInvalid for what can be none."""
    ids = list(dict.fromkeys(options.models))
    for name in ids:
        try:
            folder_name(name)
        except ValueError as error:
            raise FieldInvalid(str(error), field="model", given=name[:100]) from error
    return ids


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
