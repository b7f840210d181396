"""Whether to cut a small call into a batch for each core: ``python -m benchmarks.spreading``.

A job translates a headline and four sentences. The model has the shape of a Marian base model,
random weights, and is held to a fixed number of output tokens. The two ways take turns.
"""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine
from benchmarks.model_shapes import SHAPES, make_checkpoint
from workers.engines.cpu import prepare_environment, usable_cores
from workers.engines.sharing import batch_tokens

ROUNDS = 7
LENGTHS = (12, 20, 24, 28, 34)
JOBS = (1, 2, 4, 8)

Ways = dict[str, Callable[[Sequence[int], int], int]]
WAYS: Ways = {"one batch": lambda _lengths, _cores: 1024, "one a core": batch_tokens}


def main() -> None:
    """Print how much faster small calls end when each is cut into a batch for each core."""
    prepare_environment()
    import ctranslate2

    from workers.models.checkpoint import convert_checkpoint

    print(
        describe_machine()
        + "\n\n| jobs at once | beam | one batch | one a core |\n|---|---|---|---|"
    )
    cores = usable_cores()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_checkpoint(SHAPES["marian-base"], folder / "checkpoint")
        convert_checkpoint(folder / "checkpoint", folder / "int8", "int8")
        translator = ctranslate2.Translator(
            str(folder / "int8"), inter_threads=cores, intra_threads=1
        )
        names = json.loads((folder / "int8" / "shared_vocabulary.json").read_text("utf-8"))
        inputs = [[*names[100 : 99 + length], "</s>"] for length in LENGTHS]
        for jobs in JOBS:
            for beam in (1, 4):
                seconds: dict[str, list[float]] = {way: [] for way in WAYS}

                def job(size: int, beam: int = beam) -> None:
                    translator.translate_batch(
                        inputs,
                        beam_size=beam,
                        min_decoding_length=24,
                        max_decoding_length=24,
                        max_batch_size=size,
                        batch_type="tokens",
                    )

                for _ in range(ROUNDS):
                    for way, rule in WAYS.items():
                        size = rule(LENGTHS, cores)
                        with ThreadPoolExecutor(jobs) as pool:
                            start = time.perf_counter()
                            list(pool.map(job, [size] * jobs))
                            seconds[way].append(time.perf_counter() - start)
                base, other = (median(times) for times in seconds.values())
                print(f"| {jobs} | {beam} | 1.00 | {base / other:.2f} |", flush=True)


if __name__ == "__main__":
    main()
