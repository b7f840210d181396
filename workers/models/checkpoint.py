"""From a transformers checkpoint to the files CTranslate2 reads."""

import importlib.util
from pathlib import Path

from khabar.errors import FieldInvalid, ModelMissing


def convert_checkpoint(checkpoint: Path, target: Path, quantization: str) -> None:
    """Convert the weights of a checkpoint into the folder ``target``, which must not exist.

    Only weights in safetensors are read: a pickled checkpoint can run any code. Raises
    FieldInvalid for a folder that is no such checkpoint, ModelMissing without torch, and OSError
    for weights that cannot be read.
    """
    if not (checkpoint / "config.json").is_file():
        raise FieldInvalid("The folder holds no config.json.", field="folder")
    weights = list(checkpoint.glob("*.safetensors"))
    if not weights:
        raise FieldInvalid(
            "The folder holds no weights: neither CTranslate2's nor safetensors; "
            "pickled ones are refused.",
            field="folder",
            hint="Copy the folder again, or convert the model: docs/models.md tells how.",
        )
    for path in weights:
        # Of a file that it may not read, the library says that it is not there.
        path.open("rb").close()
    if importlib.util.find_spec("torch") is None:
        raise ModelMissing(
            "Converting a checkpoint needs torch, which is not installed.",
            hint="Install khabar[torch], or take a model that is already converted.",
        )
    _convert(checkpoint, target, quantization)


def _convert(checkpoint: Path, target: Path, quantization: str) -> None:
    # Imported here, since it imports torch and transformers, which serving a model must not do.
    from workers.models.converter import CheckpointConverter

    try:
        CheckpointConverter(str(checkpoint)).convert(str(target), quantization=quantization)
    except (ValueError, NotImplementedError, OSError) as error:
        raise FieldInvalid(
            f"CTranslate2 cannot convert this checkpoint: {error}", field="folder"
        ) from error
