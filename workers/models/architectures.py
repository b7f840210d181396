"""What is particular to each kind of model that Khabar runs, by the name its makers give it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from khabar.errors import EngineFailed


@dataclass(frozen=True, slots=True)
class Architecture:
    """How a kind of model is converted, and what it expects around a text.

    ``converted`` is false for a kind that CTranslate2 has no code for; transformers runs it.
    ``decoder_only`` models continue a prompt, the others rewrite a source. ``begins_with_start``
    tells whether sources and outputs begin with the model's start token. ``steered_by_text`` models
    learnt their target tokens as words of the text, so these go through the tokenizer with it.
    ``config_defaults`` are settings that the converter needs and published files leave out.
    """

    converted: bool = True
    decoder_only: bool = False
    begins_with_start: bool = False
    steered_by_text: bool = False
    config_defaults: tuple[tuple[str, object], ...] = ()


_DECODER = Architecture(decoder_only=True)
_DECODER_OF_TRANSFORMERS = Architecture(decoder_only=True, converted=False)

ARCHITECTURES: Mapping[str, Architecture] = MappingProxyType(
    {
        # The project's own, made by training/.
        "KhabarTransformer": Architecture(),
        "MarianMTModel": Architecture(),
        "BartForConditionalGeneration": Architecture(
            begins_with_start=True,
            config_defaults=(("normalize_before", False), ("normalize_embedding", True)),
        ),
        "MBartForConditionalGeneration": Architecture(
            config_defaults=(("normalize_before", True), ("normalize_embedding", True)),
        ),
        # NLLB too.
        "M2M100ForConditionalGeneration": Architecture(),
        # MADLAD too.
        "T5ForConditionalGeneration": Architecture(steered_by_text=True),
        "MT5ForConditionalGeneration": Architecture(steered_by_text=True),
        "LlamaForCausalLM": _DECODER,
        "MistralForCausalLM": _DECODER,
        "Qwen2ForCausalLM": _DECODER,
        "Qwen3ForCausalLM": _DECODER,
        "Gemma3ForCausalLM": _DECODER_OF_TRANSFORMERS,
        "HunYuanDenseV1ForCausalLM": _DECODER_OF_TRANSFORMERS,
    }
)


def find_architecture(name: str) -> Architecture:
    """Return what is known of a kind of model. Raises EngineFailed where that is nothing."""
    try:
        return ARCHITECTURES[name]
    except KeyError:
        raise EngineFailed(
            "Khabar does not know this kind of model.",
            field="architecture",
            limit=", ".join(ARCHITECTURES),
            given=name[:80],
        ) from None
