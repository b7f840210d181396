"""Step 5: the model as CTranslate2 runs it, held against PyTorch before anyone relies on it."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from operator import eq
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from training.card import model_card
from training.checkpoint import WEIGHTS
from training.config import Config
from training.decoding import greedy
from training.model import Transformer
from training.news import SENTENCES
from training.pairs import VALIDATION
from training.places import places
from training.unpacking import Pack
from training.vocabulary import END, START, TAGS, UNKNOWN, Pieces, load_pieces, piece_names
from training.weights import load_weights
from workers.engines.cpu import prepare_environment
from workers.hints.lexicon import HINTS
from workers.models.converted import SHORTLIST
from workers.models.tokenizer_files import SOURCE_SENTENCEPIECE, TARGET_SENTENCEPIECE

Spec = Any  # CTranslate2 ships no types.
CARD, AGREEMENT = "card.json", "agreement.json"
_LENGTH = 60
_SENTENCES = 8
# Two pieces can be equally likely to the last bit that float32 has; that much may differ.
_LEAST_EXACT = 0.95


class ExportDisagrees(ValueError):
    """CTranslate2 does not write what PyTorch writes, so the export is wrong."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of what CTranslate2 writes for sample sentences is what PyTorch writes.

    ``float32`` is the share of sentences that are the same token for token; ``int8`` that of the
    tokens before the first one that differs.
    """

    sentences: int
    float32: float
    int8: float


def export(config: Config, pack: Pack, run: Path, target: Path) -> Agreement:
    """Write the int8 model, its vocabulary and its card into ``target``, which is made anew.

    Raises ExportDisagrees if the float32 export does not write what PyTorch does.
    """
    pieces = load_pieces(pack.vocabulary)
    model = Transformer(config.model, pieces.get_piece_size()).eval()
    model.load_state_dict(load_weights(run / WEIGHTS))
    plain = target.with_name(target.name + ".float32")
    for folder, kind in ((plain, "float32"), (target, "int8")):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_model(model, piece_names(pieces), folder, kind)
    agreement = _compare(model, pieces, samples(pack), plain, target)
    shutil.rmtree(plain)
    for name in (SOURCE_SENTENCEPIECE, TARGET_SENTENCEPIECE):
        shutil.copyfile(pack.vocabulary, target / name)
    for part, name in ((config.hints, HINTS), (config.shortlist, SHORTLIST)):
        if part:
            shutil.copyfile(pack.folder / name, target / name)
    card = model_card(config)
    (target / CARD).write_text(card.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (run / AGREEMENT).write_text(json.dumps(asdict(agreement)) + "\n", encoding="utf-8")
    if agreement.float32 < _LEAST_EXACT:
        raise ExportDisagrees(f"Only {agreement.float32:.0%} of the sentences come out the same.")
    return agreement


def write_model(model: Transformer, names: Sequence[str], folder: Path, kind: str) -> None:
    """Write CTranslate2's files. ``kind`` is how the weights are kept."""
    prepare_environment()
    from ctranslate2.specs import transformer_spec
    from ctranslate2.specs.common_spec import Activation

    shape = model.config
    spec = transformer_spec.TransformerSpec.from_config(
        (shape.encoder_layers, shape.decoder_layers),
        shape.heads,
        pre_norm=True,
        activation=Activation.RELU,
    )
    for place, weight in places(model):
        _put(spec, place, _numbers(weight))
    for half in (spec.encoder, spec.decoder):
        half.scale_embeddings = True
        half.position_encodings.encodings = _numbers(model.positions)
    spec.config.unk_token = names[UNKNOWN]
    spec.config.eos_token = names[END]
    spec.config.bos_token = spec.config.decoder_start_token = names[START]
    spec.register_source_vocabulary(list(names))
    spec.register_target_vocabulary(list(names))
    spec.validate()
    spec.optimize(quantization=kind)
    spec.save(str(folder))


def samples(pack: Pack) -> list[list[int]]:
    """Return some validation sources of each direction, tag and end token in their places."""
    pieces = load_pieces(pack.vocabulary)
    found = []
    for number, group in enumerate(pack.groups_known):
        if (group.split, group.source) != (VALIDATION, SENTENCES):
            continue
        tag = int(pieces.piece_to_id(TAGS[group.second]))
        for example in (pack.groups == number).nonzero()[0][:_SENTENCES]:
            found.append([tag, *pack.text(int(pack.sources[example]))])  # noqa: PERF401
    return found


def _compare(
    model: Transformer, pieces: Pieces, sources: list[list[int]], plain: Path, small: Path
) -> Agreement:
    wanted = greedy(model, sources, _LENGTH)
    exact = _written(pieces, sources, plain, "float32")
    nearly = _written(pieces, sources, small, "int8")
    same = sum(ours == theirs for ours, theirs in zip(wanted, exact, strict=True))
    return Agreement(len(sources), same / max(1, len(sources)), _common_start(wanted, nearly))


def _common_start(wanted: list[list[int]], written: list[list[int]]) -> float:
    pairs = list(zip(wanted, written, strict=True))
    starts = [list(takewhile(bool, map(eq, ours, theirs))) for ours, theirs in pairs]
    return sum(map(len, starts)) / max(1, sum(max(map(len, pair)) for pair in pairs))


def _written(
    pieces: Pieces, sources: list[list[int]], folder: Path, compute_type: str
) -> list[list[int]]:
    import ctranslate2

    translator = ctranslate2.Translator(str(folder), device="cpu", compute_type=compute_type)
    results = translator.translate_batch(
        [[pieces.id_to_piece(number) for number in row] for row in sources],
        beam_size=1,
        max_decoding_length=_LENGTH,
        max_input_length=0,
    )
    return [[pieces.piece_to_id(token) for token in result.hypotheses[0]] for result in results]


def _put(spec: Spec, place: str, value: npt.NDArray[np.float32]) -> None:
    """Set what stands at a place. Some of its parts are numbered members, some are in lists."""
    *path, last = place.split("/")
    for part in path:
        name, _, number = part.rpartition("_")
        spec = getattr(spec, part) if hasattr(spec, part) else getattr(spec, name)[int(number)]
    setattr(spec, last, value)


def _numbers(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    # A copy each: quantising works in place, and some tables are used three times.
    found: npt.NDArray[np.float32] = tensor.detach().float().cpu().numpy().copy()
    return found
