"""From a recipe to the models it names, installed on this machine."""

import importlib.util
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from khabar.errors import FieldInvalid, ModelMissing
from khabar.recipe import ModelChoice
from workers.models.card import card_of, kept_quantization
from workers.models.converted import weight_files
from workers.models.install import install_from_folder
from workers.models.lock import store_lock
from workers.models.manifest import ModelCard, folder_name
from workers.models.progress import DownloadProgress
from workers.models.quantization import converted_bytes, quantization_for
from workers.models.space import require_space
from workers.models.store import SHIPPED_HINT, InstalledModel, ModelStore

if TYPE_CHECKING:
    from workers.models.selection import Selection

# Engines whose models lie on the machine that runs them.
_LOCAL_ENGINES = frozenset({"ct2", "hf"})
_OWN = "khabar/"
"""The owner of the models that this project makes. They are on no hub."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """The ids of the models that were installed now, and of those that were there already."""

    installed: tuple[str, ...]
    present: tuple[str, ...]


def local_models(choices: Iterable[ModelChoice]) -> list[ModelChoice]:
    """Return the models to be installed, each once however often a recipe names it."""
    local = (choice for choice in choices if choice.engine in _LOCAL_ENGINES)
    return list({(choice.id, choice.revision): choice for choice in local}.values())


def pull(
    choices: Sequence[ModelChoice],
    store: ModelStore,
    progress: DownloadProgress,
    *,
    device: str,
    folder: Path | None = None,
) -> Pulled:
    """Install the models that are not there, or are damaged: from a folder, or from the hub.

    A folder holds the model itself or, for several models, one folder for each. Where all models
    come with the package nothing is written. Raises ModelMissing, FieldInvalid and RecipeInvalid.
    What was installed before an error stays.
    """
    wanted = local_models(choices)
    installable = [choice for choice in wanted if not _is_shipped(store, choice)]
    missing: list[ModelChoice] = []
    if folder is None:
        _require_no_own([choice for choice in installable if _found(store, choice) is None])
    if installable:
        with store_lock(store.folder, lambda: progress.tell("Waiting for another pull to end.")):
            store.clear_leftovers()
            missing = [choice for choice in installable if not _is_sound(store, choice, progress)]
            if folder is not None:
                _install_from(folder, missing, store, device, alone=len(wanted) == 1)
            elif missing:
                _install_from_hub(missing, store, progress, device)
    return Pulled(
        tuple(choice.id for choice in missing),
        tuple(choice.id for choice in wanted if choice not in missing),
    )


def _found(store: ModelStore, choice: ModelChoice) -> InstalledModel | None:
    try:
        return store.find(choice.id, choice.revision, engine=choice.engine)
    except ModelMissing:
        return None


def _is_shipped(store: ModelStore, choice: ModelChoice) -> bool:
    """Tell whether the model comes with the package. Raises ModelMissing if its files differ."""
    model = _found(store, choice)
    if model is None or not store.ships(model):
        return False
    store.require_sound(model)
    return True


def _require_no_own(choices: Sequence[ModelChoice]) -> None:
    """Raise ModelMissing for a model that only comes with the package, and did not."""
    for choice in choices:
        if choice.id.startswith(_OWN):
            raise ModelMissing(
                f"The model {choice.id} of the revision {choice.revision} is not here.",
                given=choice.id,
                hint=SHIPPED_HINT,
            )


def _is_sound(store: ModelStore, choice: ModelChoice, progress: DownloadProgress) -> bool:
    model = _found(store, choice)
    if model is None:
        return False
    try:
        store.require_sound(model)
    except ModelMissing as error:
        progress.tell(f"{error.message} It is installed again.")
        return False
    return True


def _install_from(
    folder: Path, choices: Sequence[ModelChoice], store: ModelStore, device: str, *, alone: bool
) -> None:
    sources = [_folder_of(choice, folder, alone=alone) for choice in choices]
    # All are looked at before one is installed, which may take minutes.
    cards = [card_of(choice, source) for choice, source in zip(choices, sources, strict=True)]
    for card, source in zip(cards, sources, strict=True):
        _install(card, source, store, device)


def _folder_of(choice: ModelChoice, folder: Path, *, alone: bool) -> Path:
    own = folder / folder_name(choice.id)
    if own.is_dir():
        return own
    if alone:
        return folder
    raise FieldInvalid(
        f"There is no folder for the model {choice.id}.",
        field="from",
        limit=own.name,
        hint="For a recipe of several models, give a folder that holds one for each.",
    )


def _install(card: ModelCard, source: Path, store: ModelStore, device: str) -> None:
    converted = card.engine == "ct2" and bool(weight_files(source))
    quantization = kept_quantization(source) if converted else quantization_for(device)
    install_from_folder(source, store, card, quantization=quantization)


def _install_from_hub(
    choices: Sequence[ModelChoice], store: ModelStore, progress: DownloadProgress, device: str
) -> None:
    # Imported here: the hub's client takes longer to import than the rest takes to run.
    from workers.models.download import download, present_bytes
    from workers.models.hub import hub_model, list_files, require_online
    from workers.models.selection import select

    models = [hub_model(choice) for choice in choices]
    for model in models:
        require_online(model)
    selections = [select(list_files(model), model) for model in models]
    if any(map(_is_to_be_converted, choices, selections)):
        _require_converter()
    places = [store.download_folder(model.id, model.commit) for model in models]
    written = [
        converted_bytes(
            selection.weights_bytes,
            quantization_for(device) if _is_to_be_converted(choice, selection) else None,
        )
        for choice, selection in zip(choices, selections, strict=True)
    ]
    fetched = [
        sum(file.size for file in selection.files) - present_bytes(selection.files, place)
        for selection, place in zip(selections, places, strict=True)
    ]
    require_space(store.folder, _most_at_once(fetched, written))
    for choice, model, selection, place in zip(choices, models, selections, places, strict=True):
        download(selection.files, model, place, progress)
        progress.tell(f"Installing {model}")
        _install(card_of(choice, place), place, store, device)
        shutil.rmtree(place)


def _is_to_be_converted(choice: ModelChoice, selection: "Selection") -> bool:
    return choice.engine == "ct2" and not selection.converted


def _require_converter() -> None:
    """Raise ModelMissing before a long download that could not be used."""
    if importlib.util.find_spec("torch") is None:
        raise ModelMissing(
            "The models have to be converted, which needs torch, and it is not installed.",
            hint="Install khabar[torch] for this command. Or pull on another machine, and bring "
            "the installed models here with --from FOLDER.",
        )


def _most_at_once(fetched: Sequence[int], written: Sequence[int]) -> int:
    """Return the most bytes that lie on the disk at once.

    Of each model what is written stays, and what is fetched goes when the model is installed.
    """
    before = [sum(written[:position]) for position in range(len(written))]
    return max(sum(step) for step in zip(before, fetched, written, strict=True))
