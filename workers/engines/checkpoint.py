"""A checkpoint opened by transformers and torch, and searched for outputs."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from khabar.errors import EngineFailed, ModelMissing
from workers.engines.cpu import usable_cores
from workers.engines.found import Found
from workers.engines.native import TorchModel
from workers.engines.recorder import Recorder
from workers.engines.vocabulary import TransformersVocabulary
from workers.models.architectures import find_architecture
from workers.models.store import InstalledModel
from workers.protocols import Decoding

if TYPE_CHECKING:
    from transformers import GenerationConfig

# Positions that one search holds, all its hypotheses counted: this bounds its memory.
_POSITIONS = 16_384


@dataclass(frozen=True, slots=True)
class Marks:
    """Numbers of tokens: ``ends`` end an output, ``silent`` ones are never written.

    ``start`` begins the output of a decoder that has an encoder beside it.
    """

    ends: frozenset[int]
    padding: int
    start: int | None
    silent: tuple[int, ...]


class Checkpoint:
    """A model in torch's memory. One search at a time runs on it, on all cores or the device."""

    def __init__(self, model: TorchModel, vocabulary: TransformersVocabulary, marks: Marks) -> None:
        self.vocabulary = vocabulary
        self.marks = marks
        self._model = model
        self._encodes: bool = model.config.is_encoder_decoder
        self._lock = threading.Lock()

    def write(
        self,
        inputs: Sequence[Sequence[int]],
        prefix: Sequence[int],
        decoding: Decoding,
        limit: int,
    ) -> list[Found]:
        """Return the best output for each input: ``prefix`` and at most ``limit`` tokens more.

        A model without an encoder has no prefix, and continues the inputs. Raises RuntimeError
        and ValueError.
        """
        if decoding.beam_size < 1:
            raise ValueError("A beam holds at least one hypothesis.")
        written: dict[int, Found] = {}
        for batch in _batches(inputs, limit, decoding.beam_size):
            rows = [inputs[position] for position in batch]
            with self._lock:
                outputs = self._search(rows, prefix, self._config(decoding, limit))
            written.update(zip(batch, outputs, strict=True))
        return [written[position] for position in range(len(inputs))]

    def _search(
        self, rows: Sequence[Sequence[int]], prefix: Sequence[int], config: "GenerationConfig"
    ) -> list[Found]:
        import torch

        forced = [*([] if self.marks.start is None else [self.marks.start]), *prefix]
        options = self._tensors(rows)
        if self._encodes:
            options["decoder_input_ids"] = torch.tensor([forced] * len(rows)).to(self._model.device)
        # A search keeps one more candidate for each hypothesis and end token.
        recorder = Recorder(config.num_beams * (1 + len(self.marks.ends)))
        with torch.inference_mode():
            output = self._model.generate(
                **options,
                generation_config=config,
                logits_processor=[recorder],
            )
        before = len(forced) if self._encodes else options["input_ids"].shape[1]
        written = [self._ended(row) for row in output.sequences[:, before:].tolist()]
        beams = getattr(output, "beam_indices", None)
        # Without a beam, the hypothesis of a row is that row.
        paths = [[at] * len(row) for at, row in enumerate(written)] if beams is None else beams
        found = [
            self._found(row, recorder.total(row, [int(at) for at in path]))
            for row, path in zip(written, paths, strict=True)
        ]
        each = len(found) // len(rows)
        return [Found.best_of(found[at : at + each]) for at in range(0, len(found), each)]

    def _ended(self, numbers: Sequence[int]) -> Sequence[int]:
        """Return the tokens up to the first end token."""
        for position, number in enumerate(numbers):
            if number in self.marks.ends:
                return numbers[: position + 1]
        return numbers

    def _found(self, numbers: Sequence[int], log_probability: float) -> Found:
        finished = bool(numbers) and numbers[-1] in self.marks.ends
        kept = numbers[: len(numbers) - finished]
        return Found(self.vocabulary.tokens(kept), finished, log_probability)

    def _tensors(self, rows: Sequence[Sequence[int]]) -> dict[str, Any]:
        """Return the inputs and their mask, padded behind for an encoder and before otherwise."""
        import torch

        width = max(map(len, rows))
        ids = torch.full((len(rows), width), self.marks.padding)
        mask = torch.zeros_like(ids)
        for at, row in enumerate(rows):
            place = slice(0, len(row)) if self._encodes else slice(width - len(row), width)
            ids[at, place] = torch.tensor(row)
            mask[at, place] = 1
        device = self._model.device
        return {"input_ids": ids.to(device), "attention_mask": mask.to(device)}

    def _config(self, decoding: Decoding, limit: int) -> "GenerationConfig":
        from transformers import GenerationConfig

        return GenerationConfig(  # type: ignore[no-untyped-call]
            num_beams=decoding.beam_size,
            num_return_sequences=min(decoding.n_best, decoding.beam_size),
            do_sample=False,
            max_new_tokens=limit,
            min_new_tokens=min(decoding.min_length, limit),
            # A search without a beam complains of a setting that it has no use for.
            length_penalty=decoding.length_penalty if decoding.beam_size > 1 else None,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram,
            suppress_tokens=list(self.marks.silent) or None,
            eos_token_id=sorted(self.marks.ends),
            pad_token_id=self.marks.padding,
            decoder_start_token_id=self.marks.start,
            return_dict_in_generate=True,
        )


def open_checkpoint(model: InstalledModel, device: str) -> Checkpoint:
    """Load the checkpoint in a model's folder. ``device`` is ``cpu``, ``cuda`` or ``auto``.

    Only safetensors are read, no code of the folder is run, and no hub is asked. Raises
    ModelMissing without torch, and EngineFailed for what is no such checkpoint.
    """
    if find_spec("torch") is None:
        raise ModelMissing(
            f"The model {model.manifest.id} runs on torch, which is not installed.",
            hint="Install khabar[torch], or choose the engine ct2 for it in the recipe.",
        )
    import torch
    from transformers import GenerationConfig
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(usable_cores())
    loaded = _load(model, _place(device))
    vocabulary = TransformersVocabulary(model.folder)
    marks = _marks(loaded, vocabulary)
    # What the folder says of searching must not be mixed in: the recipe says how to search.
    loaded.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]
    return Checkpoint(loaded, vocabulary, marks)


def _load(model: InstalledModel, place: str) -> TorchModel:
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

    decoder_only = find_architecture(model.manifest.architecture).decoder_only
    kind = AutoModelForCausalLM if decoder_only else AutoModelForSeq2SeqLM
    try:
        loaded: Any = kind.from_pretrained(
            str(model.folder),
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            dtype=torch.float32 if place == "cpu" else torch.bfloat16,
        )
        moved: TorchModel = loaded.to(place).eval()
    except (OSError, ValueError, RuntimeError) as error:
        raise EngineFailed(f"The model {model.manifest.id} cannot be loaded: {error}") from error
    return moved


def _place(device: str) -> str:
    """Return where torch keeps the weights. Raises EngineFailed for a device that is not there."""
    import torch

    found = torch.cuda.is_available()
    if device == "cuda" and not found:
        raise EngineFailed("torch finds no CUDA device.", given=device)
    return "cuda" if found and device != "cpu" else "cpu"


def _marks(model: TorchModel, vocabulary: TransformersVocabulary) -> Marks:
    facts = model.generation_config
    ends = _numbers(facts.eos_token_id) or vocabulary.numbers([vocabulary.end_token])
    padding = facts.pad_token_id if facts.pad_token_id is not None else ends[0]
    silent: Iterable[int] = ()
    if model.config.is_encoder_decoder:
        # An unknown token can only be shown as a mark that no reader knows.
        silent = {padding, *vocabulary.numbers(vocabulary.unknown)} - set(ends)
    return Marks(frozenset(ends), padding, facts.decoder_start_token_id, tuple(sorted(silent)))


def _numbers(value: int | list[int] | None) -> list[int]:
    """Return what a configuration says as one number, several, or nothing."""
    if value is None:
        return []
    return [value] if isinstance(value, int) else list(value)


def _batches(inputs: Sequence[Sequence[int]], limit: int, beam: int) -> Iterator[list[int]]:
    """Yield the positions of the inputs, those of like length together, in bounded batches."""
    order = sorted(range(len(inputs)), key=lambda position: -len(inputs[position]))
    while order:
        positions = (len(inputs[order[0]]) + limit) * max(1, beam)
        rows = max(1, _POSITIONS // positions)
        yield order[:rows]
        order = order[rows:]
