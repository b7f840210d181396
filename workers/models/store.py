"""The folder of installed models, one folder for each model."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from khabar.errors import FieldInvalid, ModelMissing
from khabar.recipe import ModelChoice
from khabar.summary import ModelUse
from workers.models.digest import file_digest
from workers.models.manifest import MANIFEST_NAME, Manifest, folder_name, stated

SHIPPED = Path(__file__).parents[1] / "shipped"
"""The models that come with this package, laid out as in any store."""
SHIPPED_HINT = "It comes with khabar: install khabar again, in the version of the recipe."
STAGING_PREFIX = ".installing-"
_DOWNLOADS = ".downloads"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model on this machine."""

    folder: Path
    manifest: Manifest

    @property
    def size(self) -> int:
        """The bytes its files take."""
        return sum((self.folder / name).stat().st_size for name in self.manifest.files)

    def use(self, role: str) -> ModelUse:
        """Return how a summary names the model."""
        manifest = self.manifest
        return ModelUse(
            role=role, id=manifest.id, revision=manifest.revision, licence=manifest.licence
        )

    def serving(self, choice: ModelChoice) -> "InstalledModel":
        """Return the model as a recipe uses it: what the recipe states replaces what is written.

        So a recipe that is changed, or two recipes with one model, need no second installation.
        """
        return replace(self, manifest=self.manifest.model_copy(update=stated(choice)))


@dataclass(frozen=True, slots=True)
class ModelStore:
    """The installed models below ``folder``, which need not exist yet, and those of ``shipped``.

    What is shipped is only read: it is there without being installed, and stays.
    """

    folder: Path
    shipped: Path | None = None

    def path_of(self, model_id: str) -> Path:
        """Return where a model is installed or would be."""
        return self.folder / folder_name(model_id)

    def ships(self, model: InstalledModel) -> bool:
        """Tell whether the model came with the package."""
        return model.folder.parent == self.shipped

    def download_folder(self, model_id: str, commit: str) -> Path:
        """Return where what is downloaded of a model waits to be installed."""
        return self.folder / _DOWNLOADS / f"{folder_name(model_id)}@{commit}"

    def find(
        self,
        model_id: str,
        revision: str | None = None,
        *,
        recipe: str | None = None,
        engine: str | None = None,
    ) -> InstalledModel:
        """Return an installed model, of the revision and for the engine where those are asked.

        ``recipe`` only serves to say what to install. Raises ModelMissing.
        """
        copies = self.copies(model_id, recipe)
        fitting = (
            one
            for one in copies
            if revision in (None, one.manifest.revision) and engine in (None, one.manifest.engine)
        )
        model = next(fitting, copies[0])
        hint = _pull(recipe)
        if revision is not None and model.manifest.revision != revision:
            raise ModelMissing(
                f"The model {model_id} is installed, but in another revision.",
                limit=revision,
                given=model.manifest.revision,
                hint=hint,
            )
        if engine is not None and model.manifest.engine != engine:
            raise ModelMissing(
                f"The model {model_id} is installed, but for another engine.",
                limit=engine,
                given=model.manifest.engine,
                hint=hint,
            )
        return model

    def find_sound(self, choice: ModelChoice, recipe: str) -> InstalledModel:
        """Return the model a recipe asks for, as the recipe uses it, with all its files checked.

        Reading the files for their sums also brings them into the page cache, where loading finds
        them. Raises ModelMissing for a model that is not there, or not as it was installed.
        """
        model = self.find(choice.id, choice.revision, recipe=recipe, engine=choice.engine)
        self.require_sound(model, recipe)
        return model.serving(choice)

    def require_sound(self, model: InstalledModel, recipe: str | None = None) -> None:
        """Raise ModelMissing for a model whose files are not as they were installed."""
        damaged = self.verify(model)
        if damaged:
            raise ModelMissing(
                f"The model {model.manifest.id} is damaged: {', '.join(damaged)}.",
                given=damaged[0],
                hint=self._mending(model.folder, recipe),
            )

    def copies(self, model_id: str, recipe: str | None = None) -> list[InstalledModel]:
        """Return the shipped copy of a model and the installed one, of those that there are.

        One whose manifest is damaged is left out if there is the other. Raises ModelMissing.
        """
        found, errors = [], []
        for folder in self._folders(folder_name(model_id)):
            try:
                found.append(self._read(folder, recipe))
            except ModelMissing as error:
                errors.append(error)
        if not found and errors:
            raise errors[0]
        if not found:
            raise ModelMissing(f"The model {model_id} is not installed.", hint=_pull(recipe))
        return found

    def installed(self) -> tuple[InstalledModel, ...]:
        """Return every installed model, by id. Raises ModelMissing for a damaged manifest."""
        models = [self._read(folder) for folder in self._folders("[!.]*")]
        return tuple(sorted(models, key=lambda model: model.manifest.id))

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each model by ``id@revision``, leaving out those with parts missing.

        For telling what is here: a damaged model is told of when it is to be used.
        """
        found: dict[str, int] = {}
        for folder in self._folders("[!.]*"):
            with contextlib.suppress(ModelMissing, OSError):
                model = self._read(folder)
                found[f"{model.manifest.id}@{model.manifest.revision}"] = model.size
        return found

    def verify(self, model: InstalledModel) -> tuple[str, ...]:
        """Return the names of the files that are gone or are not what was installed."""
        return tuple(
            name
            for name, digest in sorted(model.manifest.files.items())
            if not (path := model.folder / name).is_file() or file_digest(path) != digest
        )

    def remove(self, model_id: str) -> int:
        """Remove a model and what was downloaded of it; return the bytes that were freed.

        Raises ModelMissing if there is neither, and FieldInvalid for one that is only shipped.
        """
        name = folder_name(model_id)
        found = [self.folder / name, *self.folder.glob(f"{_DOWNLOADS}/{name}@*")]
        present = [folder for folder in found if folder.is_dir()]
        if not present and any(self._folders(name)):
            raise FieldInvalid(
                f"The model {model_id} comes with khabar and cannot be removed.",
                field="model",
                given=model_id,
            )
        if not present:
            raise ModelMissing(
                f"The model {model_id} is not installed.", hint="See: khabar models list"
            )
        freed = sum(_bytes_below(folder) for folder in present)
        for folder in present:
            shutil.rmtree(folder)
        return freed

    def clear_leftovers(self) -> None:
        """Remove what installations have left that were killed. Only for who holds the lock."""
        for staging in self.folder.glob(f"{STAGING_PREFIX}*"):
            shutil.rmtree(staging)

    def _folders(self, pattern: str) -> Iterator[Path]:
        """Yield the folders of models whose names match, those of the shipped ones first."""
        for store in (self.shipped, self.folder):
            for manifest in sorted(store.glob(f"{pattern}/{MANIFEST_NAME}")) if store else ():
                yield manifest.parent

    def _read(self, folder: Path, recipe: str | None = None) -> InstalledModel:
        content = (folder / MANIFEST_NAME).read_bytes()
        try:
            return InstalledModel(folder, Manifest.model_validate_json(content))
        except ValidationError as error:
            raise ModelMissing(
                f"The manifest in {folder.name} is damaged.", hint=self._mending(folder, recipe)
            ) from error

    def _mending(self, folder: Path, recipe: str | None) -> str:
        return SHIPPED_HINT if folder.parent == self.shipped else _pull(recipe)


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _pull(recipe: str | None) -> str:
    return (
        f"Run `khabar models pull {recipe or 'RECIPE'}` on the worker's machine; it installs what "
        "is missing or damaged."
    )
