"""How good some weights are on the news that is watched: a loss, and scores of translations."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib.util import find_spec
from itertools import takewhile

import numpy as np
import torch
from torch.nn import functional

from training.batches import Assembler, Plan, Widths
from training.decoding import greedy
from training.model import Transformer
from training.news import SENTENCES
from training.pairs import VALIDATION
from training.unpacking import Group, Pack
from training.vocabulary import PAD, Pieces, load_pieces, tag_ids

Translations = dict[str, list[dict[str, str]]]
"""By direction: the source, what was written and the reference of each sentence."""
_BATCH_TOKENS = 16384
_ROWS = 50


class ValidationEmpty(ValueError):
    """A pack holds nothing to judge the weights by."""


class Validation:
    """The validation examples of a pack, by direction. Raises ValidationEmpty."""

    def __init__(self, pack: Pack, assembler: Assembler) -> None:
        self._pack = pack
        self._assembler = assembler
        self._examples = defaultdict[str, list[int]](list)
        for number, group in enumerate(pack.groups_known):
            if group.split == VALIDATION:
                members = np.flatnonzero(pack.groups == number)
                self._examples[group.direction].extend(members.tolist())
        if not self._examples:
            raise ValidationEmpty("The pack holds no validation examples: take more news items.")
        widths = Widths.of(pack)
        self._plans: dict[str, list[Plan]] = {
            direction: list(widths.plans(np.array(examples), _BATCH_TOKENS))
            for direction, examples in sorted(self._examples.items())
        }

    @torch.inference_mode()
    def loss(self, model: Transformer, over: Callable[[], bool]) -> dict[str, float]:
        """Return the cross-entropy of a token, in nats and without smoothing, by direction.

        ``mean`` is that of the directions. Where the time is ``over`` before all is read, nothing
        is returned: a loss on other sentences could not be compared.
        """
        found = {name: self._loss(model, plans, over) for name, plans in self._plans.items()}
        return {} if over() else {**found, "mean": sum(found.values()) / len(found)}

    def translations(
        self, model: Transformer, count: int, over: Callable[[], bool]
    ) -> Translations:
        """Return what the model writes greedily for up to ``count`` sentences of each direction.

        What is not begun before the time is ``over`` is left out.
        """
        pieces = load_pieces(self._pack.vocabulary)
        groups = [
            (number, group)
            for number, group in enumerate(self._pack.groups_known)
            if (group.split, group.source) == (VALIDATION, SENTENCES)
        ]
        return {
            group.direction: self._translate(model, pieces, number, group, count, over)
            for number, group in groups
            if not over()
        }

    def _loss(self, model: Transformer, plans: Sequence[Plan], over: Callable[[], bool]) -> float:
        total = torch.zeros((), device=model.embeddings.weight.device)
        tokens = torch.zeros_like(total)
        for plan in takewhile(lambda _: not over(), plans):
            batch = self._assembler.batch(plan)
            scores = model(batch.source, batch.target_in).flatten(0, 1).float()
            wanted = batch.target_out.flatten()
            total += functional.cross_entropy(scores, wanted, ignore_index=PAD, reduction="sum")
            tokens += (wanted != PAD).sum()
        return float(total / tokens.clamp(min=1))

    def _translate(
        self,
        model: Transformer,
        pieces: Pieces,
        number: int,
        group: Group,
        count: int,
        over: Callable[[], bool],
    ) -> list[dict[str, str]]:
        examples = np.flatnonzero(self._pack.groups == number)[:count].tolist()
        tag = tag_ids(pieces)[group.second]
        written: list[str] = []
        for start in range(0, len(examples), _ROWS):
            if over():
                break
            rows = examples[start : start + _ROWS]
            inputs = [[tag, *self._pack.text(self._pack.sources[row])] for row in rows]
            limit = min(2 * max(map(len, inputs)) + 10, model.config.positions)
            written += pieces.decode(greedy(model, inputs, limit))
        del examples[len(written) :]
        tags = set(tag_ids(pieces).values())
        sources = [
            _as_read(pieces, tags, self._pack.text(self._pack.sources[row])) for row in examples
        ]
        references = pieces.decode([self._pack.text(self._pack.targets[row]) for row in examples])
        return [
            {"source": source, "written": text, "reference": reference}
            for source, text, reference in zip(sources, written, references, strict=True)
        ]


def _as_read(pieces: Pieces, tags: Collection[int], row: Sequence[int]) -> str:
    """Return the text of a source; a tag, behind which a hint stands, is shown."""
    parts: list[list[int]] = [[]]
    for piece in row:
        if piece in tags:
            parts += [[piece], []]
        else:
            parts[-1].append(piece)
    return " ".join(
        pieces.id_to_piece(part[0]) if part[0] in tags else pieces.decode([part])[0]
        for part in parts
        if part
    )


def scores(translations: Translations) -> dict[str, dict[str, float]]:
    """Return BLEU and chrF by direction, or nothing on a machine without sacrebleu.

    A direction in which nothing was translated has none.
    """
    return dict(_scored(translations)) if find_spec("sacrebleu") else {}


def _scored(translations: Translations) -> Iterator[tuple[str, dict[str, float]]]:
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    begun = {direction: rows for direction, rows in translations.items() if rows}
    for direction, rows in sorted(begun.items()):
        written, references = [r["written"] for r in rows], [[r["reference"] for r in rows]]
        yield (
            direction,
            {
                name: round(metric.corpus_score(written, references).score, 2)
                for name, metric in (("BLEU", BLEU()), ("chrF", CHRF()))
            },
        )
