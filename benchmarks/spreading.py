"""What it costs to cut a call in two: ``python -m benchmarks.spreading``.

A call that fits one batch runs on one core. Cut into two batches it may end sooner, on two cores,
and costs more processor time in all; this says how much more. The model has the shape of a Marian
base model in int8, random weights, and is held to a fixed number of output tokens.
"""

import json
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine
from benchmarks.model_shapes import SHAPES, make_checkpoint
from workers.engines.cpu import prepare_environment
from workers.engines.native import NativeTranslator

ROUNDS = 5
TOKENS = 24


def main() -> None:
    """Print the processor time of two halves, as a ratio to that of the whole."""
    prepare_environment()
    import ctranslate2

    from workers.models.checkpoint import convert_checkpoint

    with tempfile.TemporaryDirectory() as name:
        checkpoint, model = Path(name) / "checkpoint", Path(name) / "int8"
        make_checkpoint(SHAPES["marian-base"], checkpoint)
        convert_checkpoint(checkpoint, model, "int8")
        translator = ctranslate2.Translator(str(model), inter_threads=2, intra_threads=1)
        words = json.loads((model / "shared_vocabulary.json").read_text("utf-8"))[100:][:TOKENS]
        print(f"{describe_machine()}\n\n| sentences | beam 1 | beam 4 |\n|---|---|---|")
        for rows in (2, 4, 8, 16, 32):
            costs = [_cost(translator, [[*words]] * rows, beam) for beam in (1, 4)]
            print(f"| {rows} | " + " | ".join(f"{cost:.2f}" for cost in costs) + " |", flush=True)


def _cost(translator: NativeTranslator, source: list[list[str]], beam: int) -> float:
    """Take turns, so that other load on the machine falls on both ways."""
    sizes = {"whole": len(source) * TOKENS, "halves": len(source) * TOKENS // 2}
    spent: dict[str, list[float]] = {way: [] for way in sizes}
    for _ in range(ROUNDS):
        for way, size in sizes.items():
            start = time.process_time()
            translator.translate_batch(
                source,
                beam_size=beam,
                min_decoding_length=TOKENS,
                max_decoding_length=TOKENS,
                max_batch_size=size,
                batch_type="tokens",
            )
            spent[way].append(time.process_time() - start)
    return median(spent["halves"]) / median(spent["whole"])


if __name__ == "__main__":
    main()
