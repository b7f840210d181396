"""The folder of installed models, one folder for each model."""

import contextlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from khabar.errors import ModelMissing
from khabar.recipe import ModelChoice
from khabar.summary import ModelUse
from workers.models.digest import file_digest
from workers.models.manifest import MANIFEST_NAME, Manifest, folder_name, stated

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
    """The installed models below ``folder``, which need not exist yet."""

    folder: Path

    def path_of(self, model_id: str) -> Path:
        """Return where a model is or would be."""
        return self.folder / folder_name(model_id)

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
        path = self.path_of(model_id)
        hint = f"Run `khabar models pull {recipe or 'RECIPE'}` on the worker's machine."
        if not (path / MANIFEST_NAME).is_file():
            raise ModelMissing(f"The model {model_id} is not installed.", hint=hint)
        model = _read(path, hint)
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
        damaged = self.verify(model)
        if damaged:
            raise ModelMissing(
                f"The model {choice.id} is damaged: {', '.join(damaged)}.",
                given=damaged[0],
                hint=f"Run `khabar models pull {recipe}` on the worker's machine; it installs "
                "damaged models again.",
            )
        return model.serving(choice)

    def installed(self) -> tuple[InstalledModel, ...]:
        """Return every installed model, by id. Raises ModelMissing for a damaged manifest."""
        manifests = sorted(self.folder.glob(f"[!.]*/{MANIFEST_NAME}"))
        hint = "Run `khabar models pull RECIPE` again, or remove the folder."
        models = [_read(manifest.parent, hint) for manifest in manifests]
        return tuple(sorted(models, key=lambda model: model.manifest.id))

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each model by ``id@revision``, leaving out those with parts missing.

        For telling what is here: a damaged model is told of when it is to be used.
        """
        found: dict[str, int] = {}
        for manifest in self.folder.glob(f"[!.]*/{MANIFEST_NAME}"):
            with contextlib.suppress(ModelMissing, OSError):
                model = _read(manifest.parent, hint="")
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

        Raises ModelMissing if there is neither.
        """
        name = folder_name(model_id)
        found = [self.folder / name, *self.folder.glob(f"{_DOWNLOADS}/{name}@*")]
        present = [folder for folder in found if folder.is_dir()]
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


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _read(folder: Path, hint: str) -> InstalledModel:
    text = (folder / MANIFEST_NAME).read_text(encoding="utf-8")
    try:
        return InstalledModel(folder, Manifest.model_validate_json(text))
    except ValidationError as error:
        raise ModelMissing(f"The manifest in {folder.name} is damaged.", hint=hint) from error
