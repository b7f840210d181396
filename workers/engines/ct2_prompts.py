"""Models without an encoder that CTranslate2 runs: Llama, Mistral, Qwen."""

import json
from collections.abc import Sequence
from pathlib import Path

from workers.engines.completion import PromptEngine
from workers.engines.ct2 import found_by_library, open_native, search_options
from workers.engines.found import Found
from workers.engines.listening import CallListener, ignore
from workers.engines.native import NativeGenerator
from workers.engines.sharing import Cores, batch_tokens
from workers.engines.vocabulary import TransformersVocabulary
from workers.models.manifest import Manifest
from workers.models.store import InstalledModel
from workers.models.tokenizer_files import TRANSFORMERS_FOLDER
from workers.protocols import Decoding


def load_generator(
    model: InstalledModel,
    device: str = "cpu",
    on_call: CallListener | None = None,
    *,
    compute_type: str = "default",
) -> "CT2PromptEngine":
    """Load an installed model. Raises EngineFailed if the library cannot.

    ``device`` is ``cpu``, ``cuda`` or ``auto``; ``compute_type`` one of CTranslate2's. ``on_call``
    is told, before each call of the model, how many prompts it gets.
    """
    generator, cores = open_native("Generator", model, device, compute_type)
    vocabulary = TransformersVocabulary(model.folder / TRANSFORMERS_FOLDER)
    ends = _ends(model.folder / TRANSFORMERS_FOLDER, vocabulary)
    listener = on_call or ignore
    return CT2PromptEngine(generator, vocabulary, model.manifest, listener, ends, cores)


class CT2PromptEngine(PromptEngine):
    """A decoder in CTranslate2, loaded once for all threads of a process."""

    def __init__(
        self,
        generator: NativeGenerator,
        vocabulary: TransformersVocabulary,
        manifest: Manifest,
        on_call: CallListener,
        ends: Sequence[str],
        cores: Cores,
    ) -> None:
        super().__init__(vocabulary, manifest, on_call)
        self._generator = generator
        self._ends = list(ends)
        self._cores = cores

    def _search(
        self, inputs: Sequence[Sequence[str]], decoding: Decoding, limit: int
    ) -> list[Found]:
        lengths = [len(tokens) for tokens in inputs]
        with self._cores.share() as batches:
            results = self._generator.generate_batch(
                [list(tokens) for tokens in inputs],
                max_length=limit,
                max_batch_size=batch_tokens(lengths, decoding.beam_size, batches),
                include_prompt_in_result=False,
                end_token=self._ends,
                **search_options(decoding),
            )
        return [
            found_by_library(result.sequences[0], result.scores[0], self._ends, decoding)
            for result in results
        ]


def _ends(folder: Path, vocabulary: TransformersVocabulary) -> list[str]:
    """Return the tokens that end an answer. A model for conversations often has two."""
    path = folder / "generation_config.json"
    facts = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    told = facts.get("eos_token_id")
    if told is None:
        return [vocabulary.end_token]
    return vocabulary.tokens(told if isinstance(told, list) else [told])
