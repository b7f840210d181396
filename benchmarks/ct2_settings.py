"""Compares the ways CTranslate2 can use this processor: ``python -m benchmarks.ct2_settings``.

The model has the shape of a Marian base model and random weights: what it writes means nothing,
and takes as long as if it did. Each setting runs in a process of its own, since the library reads
the environment once, and they take turns, so that other load on the machine falls on all alike.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROUNDS = 3
SENTENCES = 32
SOURCE_TOKENS = 24
OUTPUT_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Setting:
    """Threads as CTranslate2 counts them; 0 leaves the choice to the library."""

    mkl: bool
    inter: int
    intra: int

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{'MKL' if self.mkl else 'no MKL'}, inter {self.inter}, intra {self.intra or '-'}"


SETTINGS = tuple(
    Setting(mkl, inter, intra) for mkl in (True, False) for inter, intra in ((1, 0), (2, 1))
)


def main() -> None:
    """Print the speed of each setting against the library's default."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("float32", "int8"):
            model = make_model(Path(folder), kind)
            speeds: dict[Setting, list[float]] = {setting: [] for setting in SETTINGS}
            for _ in range(ROUNDS):
                for setting in SETTINGS:
                    speeds[setting].append(measure(model, setting))
            default = median(speeds[SETTINGS[0]])
            for setting in SETTINGS:
                print(
                    f"{kind:8} {setting.name:26} {median(speeds[setting]) / default:.2f}",
                    flush=True,
                )


def make_model(folder: Path, quantization: str) -> Path:
    """Convert a model of random weights."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    from tests.models.train_tiny_marian import make_tokenizer
    from workers.models.checkpoint import convert_checkpoint

    torch.manual_seed(1)
    checkpoint = folder / f"checkpoint-{quantization}"
    checkpoint.mkdir()
    tokenizer = make_tokenizer(checkpoint)
    size = len(tokenizer.get_vocab())
    config = MarianConfig(
        vocab_size=size,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2048,
        decoder_ffn_dim=2048,
        max_position_embeddings=512,
        pad_token_id=size - 1,
        decoder_start_token_id=size - 1,
        eos_token_id=0,
        forced_eos_token_id=0,
    )
    MarianMTModel(config).save_pretrained(checkpoint)
    tokenizer.save_pretrained(checkpoint)
    convert_checkpoint(checkpoint, folder / quantization, quantization)
    return folder / quantization


def measure(model: Path, setting: Setting) -> float:
    """Return the tokens a second of one run in a new process."""
    facts = json.dumps([str(model), setting.inter, setting.intra])
    command = [sys.executable, "-m", "benchmarks.ct2_settings", facts]
    environment = {**os.environ, "CT2_USE_MKL": str(int(setting.mkl))}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout)


def run(model: str, inter: int, intra: int) -> None:
    """Print the tokens a second, after a first call that does not count."""
    import ctranslate2

    translator = ctranslate2.Translator(model, inter_threads=inter, intra_threads=intra)
    words = [f"▁{letter}" for letter in "abcdefgh"] * (SOURCE_TOKENS // 8)
    source = [[*words, "</s>"]] * SENTENCES
    options = {
        "beam_size": 1,
        "min_decoding_length": OUTPUT_TOKENS,
        "max_decoding_length": OUTPUT_TOKENS,
        "max_batch_size": 8,
    }
    translator.translate_batch(source[:16], **options)
    start = time.perf_counter()
    translator.translate_batch(source, **options)
    print(SENTENCES * OUTPUT_TOKENS / (time.perf_counter() - start))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(*json.loads(sys.argv[1]))
    else:
        main()
