"""Which files of a model turn text into its tokens, and where they stand once it is installed."""

import shutil
from pathlib import Path

from khabar.errors import FieldInvalid
from workers.models.manifest import TokenizerKind

SOURCE_SENTENCEPIECE = "source.spm"
TARGET_SENTENCEPIECE = "target.spm"

# AutoTokenizer gets a folder of its own: CTranslate2's config.json has other contents than the
# file of that name which AutoTokenizer reads.
TRANSFORMERS_FOLDER = "tokenizer"

# A checkpoint has some of these. One of them says which tokens end an answer.
_TRANSFORMERS_FILES = (
    "added_tokens.json",
    "chat_template.jinja",
    "config.json",
    "generation_config.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "source.spm",
    "special_tokens_map.json",
    "spiece.model",
    "target.spm",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "vocab.json",
    "vocab.txt",
)


def copy_tokenizer(source: Path, model: Path, kind: TokenizerKind) -> None:
    """Copy the tokenizer of a checkpoint into the folder of a model.

    Raises FieldInvalid if its files are not there.
    """
    if kind is TokenizerKind.SENTENCEPIECE:
        _copy(source, model, (SOURCE_SENTENCEPIECE, TARGET_SENTENCEPIECE))
        return
    if not (source / "tokenizer_config.json").is_file():
        raise FieldInvalid("The folder holds no tokenizer_config.json.", field="folder")
    present = tuple(name for name in _TRANSFORMERS_FILES if (source / name).is_file())
    (model / TRANSFORMERS_FOLDER).mkdir()
    _copy(source, model / TRANSFORMERS_FOLDER, present)


def _copy(source: Path, target: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if not (source / name).is_file():
            raise FieldInvalid(f"The folder holds no {name}.", field="folder")
        shutil.copyfile(source / name, target / name)
