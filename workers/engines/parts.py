"""Models whose weights lie in parts: joined in memory, where CTranslate2 reads them."""

import hashlib

from khabar.errors import EngineFailed
from workers.models.converted import SHORTLIST, VOCABULARIES, WEIGHTS, parts_among
from workers.models.store import InstalledModel

_READ_BY_LIBRARY = ("config.json", VOCABULARIES, SHORTLIST)


def files_to_hand_over(model: InstalledModel) -> dict[str, bytes] | None:
    """Return what CTranslate2 reads of a model, by name; None where it can read the folder itself.

    The parts are those that the manifest names. The library keeps what it is handed, so such a
    model takes the memory of its weights twice. Raises EngineFailed for a part that is not what was
    installed, and OSError for one that cannot be read.
    """
    parts = parts_among(model.manifest.files)
    if not parts:
        return None
    found = {
        path.name: path.read_bytes()
        for pattern in _READ_BY_LIBRARY
        for path in model.folder.glob(pattern)
    }
    return found | {WEIGHTS: b"".join(_sound(model, name) for name in parts)}


def _sound(model: InstalledModel, name: str) -> bytes:
    content = (model.folder / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != model.manifest.files[name]:
        raise EngineFailed(
            f"The model {model.manifest.id} is damaged: {name}.",
            given=name,
            hint="Install the model again.",
        )
    return content
