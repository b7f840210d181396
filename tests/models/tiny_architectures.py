"""One tiny model of each architecture, for tests that compare what runs it.

Each has seen the grammar's sentences for a few seconds: enough to write words, to end some of its
sentences and to be unsure, so that two programs that differ in anything write different tokens.
"""

from pathlib import Path

from khabar.languages import Language
from tests.models.cache import kept_folder
from workers.models.manifest import LanguagePair, ModelCard, TokenizerKind

_CODE = ("grammar.py", "tiny_architectures.py", "make_tiny_architectures.py", "tiny_tokenizers.py")
_PAIRS = (
    LanguagePair(source=Language.ENGLISH, target=Language.RUSSIAN),
    LanguagePair(source=Language.ENGLISH, target=Language.ARABIC),
)


def _card(name: str, architecture: str, **tokens: object) -> ModelCard:
    return ModelCard.model_validate(
        {
            "id": f"khabar-tests/{name}",
            "revision": "1",
            "licence": "Apache-2.0",
            "architecture": architecture,
            "tokenizer": TokenizerKind.TRANSFORMERS,
            "pairs": _PAIRS,
            "max_source_tokens": 160,
            "max_target_tokens": 64,
            **tokens,
        }
    )


CARDS = {
    "bart": _card("bart", "BartForConditionalGeneration"),
    "mbart": _card(
        "mbart",
        "MBartForConditionalGeneration",
        source_tokens={"en": ("en_XX",)},
        target_prefix={"ru": ("ru_RU",), "ar": ("ar_AR",)},
    ),
    "m2m": _card(
        "m2m",
        "M2M100ForConditionalGeneration",
        source_tokens={"en": ("__en__",)},
        target_prefix={"ru": ("__ru__",), "ar": ("__ar__",)},
    ),
    "nllb": _card(
        "nllb",
        "M2M100ForConditionalGeneration",
        source_tokens={"en": ("eng_Latn",)},
        target_prefix={"ru": ("rus_Cyrl",), "ar": ("arb_Arab",)},
    ),
    # Two kinds of T5: the first scales what the decoder hands on, the later one does not.
    "t5": _card("t5", "T5ForConditionalGeneration"),
    "madlad": _card(
        "madlad",
        "T5ForConditionalGeneration",
        target_tokens={"ru": ("<2ru>",), "ar": ("<2ar>",)},
    ),
    "mt5": _card("mt5", "MT5ForConditionalGeneration"),
    "llama": _card("llama", "LlamaForCausalLM"),
    "qwen3": _card("qwen3", "Qwen3ForCausalLM"),
}
"""By a short name; a folder of that name holds the checkpoint."""

ENCODER_DECODERS = ("bart", "mbart", "m2m", "nllb", "t5", "madlad", "mt5")
DECODERS = ("llama", "qwen3")


def tiny_checkpoints() -> Path:
    """Return the folder that holds a folder for each model; treat it as read-only."""
    return kept_folder("tiny-architectures", "tests.models.make_tiny_architectures", _CODE)
