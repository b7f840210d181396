"""Which files of a repository are wanted: weights that cannot run code, and what reads the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from khabar.errors import ModelMissing
from workers.models.converted import VOCABULARIES, WEIGHTS, parts_among
from workers.models.hub import HubFile, HubModel

_TEXT_FILES = ("*.json", "*.jinja", "*.model", "*.spm", "merges.txt", "vocab.txt")
_OTHER_FORMATS = ("*.index.json", "flax_*", "tf_*", "rust_*", "training_*", "trainer_*")
_ONE_FILE = "model.safetensors"
_INDEX = "model.safetensors.index.json"
_SHARDS = "model-*.safetensors"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle")


@dataclass(frozen=True, slots=True)
class Selection:
    """The files to fetch, small ones first, and how many bytes of them are weights.

    ``converted`` tells that they are CTranslate2's own already.
    """

    files: tuple[HubFile, ...]
    weights_bytes: int
    converted: bool = False


def select(files: Sequence[HubFile], model: HubModel) -> Selection:
    """Choose among the files in the first level of a repository.

    Code is never chosen, and of weights only safetensors, or what CTranslate2 wrote. Raises
    ModelMissing where there are no such weights; pickled ones are named, since unpickling can run
    any code.
    """
    top = [file for file in files if "/" not in file.path]
    texts = [file for file in top if _is(file, _TEXT_FILES) and not _is(file, _OTHER_FORMATS)]
    weights = _safetensors(top)
    if weights:
        return _selection([*texts, *weights], weights)
    vocabularies = [file for file in top if _is(file, (VOCABULARIES,))]
    weights = _converted(top)
    if vocabularies and weights:
        extra = [file for file in vocabularies if file not in texts]
        return _selection([*texts, *extra, *weights], weights, converted=True)
    raise _without_weights(top, model)


def _safetensors(files: Sequence[HubFile]) -> list[HubFile]:
    whole = [file for file in files if file.path == _ONE_FILE]
    if whole:
        return whole
    index = [file for file in files if file.path == _INDEX]
    return [*index, *(file for file in files if _is(file, (_SHARDS,)))] if index else []


def _converted(files: Sequence[HubFile]) -> list[HubFile]:
    """Return CTranslate2's weights, in one file or in parts."""
    names = [file.path for file in files]
    wanted = [WEIGHTS] if WEIGHTS in names else parts_among(names)
    return [file for file in files if file.path in wanted]


def _selection(
    files: Sequence[HubFile], weights: Sequence[HubFile], *, converted: bool = False
) -> Selection:
    ordered = tuple(sorted(files, key=lambda file: (file.size, file.path)))
    return Selection(ordered, sum(file.size for file in weights), converted)


def _without_weights(files: Sequence[HubFile], model: HubModel) -> ModelMissing:
    pickled = next((file.path for file in files if _is(file, _PICKLED)), None)
    if pickled is None:
        return ModelMissing(
            f"{model} holds no weights in safetensors.",
            limit="*.safetensors",
            hint="Check the id and the revision in the recipe.",
        )
    return ModelMissing(
        f"{model} has its weights only as a pickle, which could run any code and is never loaded.",
        limit="*.safetensors",
        given=pickled,
        hint="Pin a commit that has safetensors: a pull request on the model's page may add them. "
        "Or convert the weights where that is safe, and install the folder with --from; "
        "docs/models.md tells how.",
    )


def _is(file: HubFile, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(file.path, pattern) for pattern in patterns)
