"""One engine in a process of its own: ``python -m benchmarks.model_runner FACTS``.

It loads a model, says so, and then runs what it is told, a line of JSON each way.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from benchmarks.processes import peak_bytes

Numbers = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Task:
    """``batch`` inputs of ``source`` tokens each, and exactly ``output`` tokens for each."""

    beam: int
    batch: int
    source: int
    output: int

    def inputs(self) -> list[list[int]]:
        """Return the numbers of the tokens: common ones, the same for every engine."""
        return [
            [100 + (7 * row + 13 * at) % 300 for at in range(self.source)]
            for row in range(self.batch)
        ]


Run = Callable[[Task], int]


def transformers_generate(folder: Path, cores: int) -> Run:
    """Load for transformers' own ``generate``, in float32 on all cores."""
    import torch
    from transformers import AutoModelForSeq2SeqLM
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(cores)
    model = AutoModelForSeq2SeqLM.from_pretrained(
        str(folder), dtype=torch.float32, use_safetensors=True, local_files_only=True
    ).eval()
    end = model.config.eos_token_id

    def run(task: Task) -> int:
        read = torch.tensor([[*row, end] for row in task.inputs()])
        with torch.inference_mode():
            written = model.generate(
                input_ids=read,
                attention_mask=torch.ones_like(read),
                num_beams=task.beam,
                do_sample=False,
                min_new_tokens=task.output,
                max_new_tokens=task.output,
            )
        return int((written.shape[1] - 1) * written.shape[0])

    return run


def ctranslate2_translate(folder: Path, cores: int) -> Run:
    """Load as ``CT2Engine`` does, and search as it does."""
    from workers.engines.cpu import prepare_environment

    prepare_environment()
    import ctranslate2

    from workers.engines.ct2 import PATIENCE
    from workers.engines.sharing import batch_tokens

    translator = ctranslate2.Translator(str(folder), inter_threads=cores, intra_threads=1)
    names = json.loads((folder / "shared_vocabulary.json").read_text("utf-8"))
    end = json.loads((folder / "config.json").read_text("utf-8"))["eos_token"]

    def run(task: Task) -> int:
        read = [[*(names[number] for number in row), end] for row in task.inputs()]
        results = translator.translate_batch(
            read,
            beam_size=task.beam,
            patience=PATIENCE,
            min_decoding_length=task.output,
            max_decoding_length=task.output,
            max_batch_size=batch_tokens([len(row) for row in read], task.beam, cores),
            batch_type="tokens",
            max_input_length=0,
        )
        return sum(len(result.hypotheses[0]) for result in results)

    return run


LOADERS: Mapping[str, Callable[[Path, int], Run]] = MappingProxyType(
    {"transformers": transformers_generate, "ctranslate2": ctranslate2_translate}
)


def main(facts: Mapping[str, Any]) -> None:
    """Load, then answer until the input ends."""
    start = time.perf_counter()
    run = LOADERS[facts["library"]](Path(facts["folder"]), facts["cores"])
    _say(loaded_seconds=time.perf_counter() - start)
    for line in sys.stdin:
        task = Task(**json.loads(line))
        start, spent = time.perf_counter(), time.process_time()
        tokens = run(task)
        seconds, spent = time.perf_counter() - start, time.process_time() - spent
        _say(
            tokens=tokens,
            seconds=seconds,
            processor_seconds=spent,
            peak_bytes=peak_bytes(os.getpid()),
        )


def _say(**facts: float) -> None:
    os.write(1, (json.dumps(facts) + "\n").encode())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
