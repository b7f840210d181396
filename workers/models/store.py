"""The folder of installed models, one folder for each model."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from khabar.errors import ModelMissing
from khabar.summary import ModelUse
from workers.models.digest import file_digest
from workers.models.manifest import MANIFEST_NAME, Manifest, folder_name


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


@dataclass(frozen=True, slots=True)
class ModelStore:
    """The installed models below ``folder``, which need not exist yet."""

    folder: Path

    def path_of(self, model_id: str) -> Path:
        """Return where a model is or would be."""
        return self.folder / folder_name(model_id)

    def find(
        self, model_id: str, revision: str | None = None, *, recipe: str | None = None
    ) -> InstalledModel:
        """Return an installed model, of the asked revision where one is asked.

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
        return model

    def installed(self) -> tuple[InstalledModel, ...]:
        """Return every installed model, by id. Raises ModelMissing for a damaged manifest."""
        manifests = sorted(self.folder.glob(f"[!.]*/{MANIFEST_NAME}"))
        hint = "Run `khabar models pull RECIPE` again, or remove the folder."
        models = [_read(manifest.parent, hint) for manifest in manifests]
        return tuple(sorted(models, key=lambda model: model.manifest.id))

    def verify(self, model: InstalledModel) -> tuple[str, ...]:
        """Return the names of the files that are gone or are not what was installed."""
        return tuple(
            name
            for name, digest in sorted(model.manifest.files.items())
            if not (path := model.folder / name).is_file() or file_digest(path) != digest
        )


def _read(folder: Path, hint: str) -> InstalledModel:
    text = (folder / MANIFEST_NAME).read_text(encoding="utf-8")
    try:
        return InstalledModel(folder, Manifest.model_validate_json(text))
    except ValidationError as error:
        raise ModelMissing(f"The manifest in {folder.name} is damaged.", hint=hint) from error
