"""CTranslate2's converter, with what it needs to read checkpoints by way of transformers 5.

Importing this imports torch and transformers: only ``workers.models.checkpoint`` does, when it
converts.
"""

import json
import warnings
from pathlib import Path

import torch
from ctranslate2.converters import TransformersConverter
from transformers import AutoTokenizer, PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from workers.models.architectures import ARCHITECTURES, Architecture

_UNKNOWN = Architecture()
# Whoever installs models sees how far that is, and not a bar for each part of it.
logging.disable_progress_bar()  # type: ignore[no-untyped-call]


class CheckpointConverter(TransformersConverter):  # type: ignore[misc]
    """Converts the checkpoint in a folder; reads no pickle, runs no code of it, asks no hub."""

    def load_model(
        self,
        model_class: type[PreTrainedModel],
        model_name_or_path: str,
        *,
        config: PreTrainedConfig,
        dtype: torch.dtype | None,
    ) -> PreTrainedModel:
        """Return the model with its configuration as the converter expects it."""
        _complete(config, Path(model_name_or_path))
        model = model_class.from_pretrained(
            model_name_or_path,
            config=config,
            use_safetensors=True,
            local_files_only=True,
            dtype=dtype,
        )
        scaled = _scales_outputs(config)
        if scaled is not None:
            # The converter takes tied embeddings for a sign of this, and transformers 5 calls the
            # embeddings of every T5 tied. A wrong scale leaves a greedy search as it is, and
            # spoils a beam's.
            model.config.tie_word_embeddings = scaled
        return model

    def load_tokenizer(
        self, tokenizer_class: type[AutoTokenizer], model_name_or_path: str
    ) -> PreTrainedTokenizerBase:
        """Return the tokenizer with every token in its list."""
        with warnings.catch_warnings():
            # The converter takes the pieces alone; normalising punctuation is the text's matter.
            warnings.filterwarnings("ignore", message=".*sacremoses")
            tokenizer: PreTrainedTokenizerBase = tokenizer_class.from_pretrained(
                model_name_or_path, local_files_only=True
            )
        # The tokenizer of M2M-100 knows its languages' tokens and may leave them out of its list.
        languages = list(getattr(tokenizer, "lang_token_to_id", ()))
        if languages:
            tokenizer.add_tokens(languages, special_tokens=True)
        if tokenizer.bos_token is None and tokenizer.cls_token is not None:
            # CTranslate2 must have some start token, and mBART's goes by another name.
            tokenizer.bos_token = tokenizer.cls_token
        return tokenizer


def _complete(config: PreTrainedConfig, checkpoint: Path) -> None:
    """Set what the converter reads from a configuration and published files do not have."""
    name = next(iter(config.architectures or ()), "")
    for setting, value in ARCHITECTURES.get(name, _UNKNOWN).config_defaults:
        if getattr(config, setting, None) is None:
            setattr(config, setting, value)
    if getattr(config, "tokenizer_class", None) is None:
        # By this name the converter tells the two kinds of mBART apart.
        path = checkpoint / "tokenizer_config.json"
        facts = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        vars(config)["tokenizer_class"] = facts.get("tokenizer_class")


def _scales_outputs(config: PreTrainedConfig) -> bool | None:
    """Tell whether a T5 scales what its decoder hands on; None for other models."""
    if config.model_type == "t5":
        return bool(vars(config)["scale_decoder_outputs"])
    return False if config.model_type == "mt5" else None
