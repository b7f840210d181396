"""Step 6: BLEU and chrF of installed models, and the table of the model card.

Scores are sacrebleu's (Post 2018, "A Call for Clarity in Reporting BLEU Scores"), with their
signatures, so that another person can get the same numbers.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from khabar.languages import Direction, Language
from training.engines import load_directions
from training.guard import read_evaluation
from training.items import held_out, read_items
from training.news import Triple, sentences
from training.pairs import DIRECTIONS, direction_name
from workers.engines.channel import with_channels
from workers.models.manifest import Manifest
from workers.models.store import InstalledModel
from workers.protocols import Decoding, Engine

NEWSBANK = "newsbank, held out"
SHIPPED_BY = "ntrex dev"
"""The set whose chrF decides whether a model is shipped."""
PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "OPUS-MT": {"en-ru": 25.5, "en-ar": 22.8, "ru-en": 29.4, "ar-en": 33.9},
    "Argos": {"en-ru": 27.6, "en-ar": 16.5, "ru-en": 26.4, "ar-en": 29.5},
}
"""BLEU on FLORES-200 devtest, as their makers give it."""
_ABOUT_PUBLISHED = (
    "The last columns are published BLEU scores on FLORES-200 devtest, another part of that set, "
    "and not measured here."
)
_MIDDLE = Language.ENGLISH
_SUM_DIGITS = 12
_BEGIN, _END = "<!-- scores: begin -->", "<!-- scores: end -->"


_Route = tuple[tuple[Engine, Language], ...]


class CardMalformed(ValueError):
    """The model card has no place for the table."""


@dataclass(frozen=True, slots=True)
class Score:
    """One direction of one set. BLEU and chrF run from 0 to 100."""

    set_name: str
    direction: str
    sentences: int
    bleu: float
    chrf: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scores of one or more models, and how they were computed."""

    models: str
    decoding: Decoding
    channel_weights: Mapping[Direction, float]
    scores: tuple[Score, ...]
    signatures: tuple[str, ...]


def evaluate(
    models: Sequence[InstalledModel],
    newsbank: Path,
    evaluation: Path | None,
    decoding: Decoding,
    limit: int = 0,
    *,
    hints: bool = True,
    channel_weights: Mapping[Direction, float] = MappingProxyType({}),
) -> Evaluation:
    """Translate every set, or its first ``limit`` sentences, in each direction there is, and score.

    A direction that no model has goes through English, if there is a model for both halves.
    Without ``hints``, a model that reads them gets none; where a direction has a weight, the
    model of the way back, if there is one, has a say in what is chosen. Raises DirectionTwice.
    """
    engines = load_directions(models, hints=hints)
    weights = {
        (source, target): channel_weights[source, target]
        for source, target in engines
        if channel_weights.get((source, target)) and (target, source) in engines
    }
    routes = _routes(with_channels(engines, weights))
    bleu, chrf = BLEU(), CHRF()
    found = [
        _score(routes[direction], name, rows, direction, decoding, bleu, chrf)
        for name, rows in _sets(newsbank, evaluation, limit).items()
        for direction in DIRECTIONS
        if direction in routes
    ]
    signatures = (f"BLEU {bleu.get_signature()}", f"chrF {chrf.get_signature()}")
    names = "; ".join(map(_named, models)) + ("" if hints else ", without hints")
    return Evaluation(names, decoding, weights, tuple(found), signatures)


def _named(model: InstalledModel) -> str:
    manifest = model.manifest
    kind = f"revision {manifest.revision}, {manifest.quantization}"
    return f"{manifest.id}, {kind} ({files_sum(manifest)})"


def files_sum(manifest: Manifest) -> str:
    """Return a sum over all files of a model, by which a card says what it scores."""
    text = json.dumps(dict(manifest.files), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_SUM_DIGITS]


def _routes(engines: Mapping[Direction, Engine]) -> dict[Direction, _Route]:
    """Return, for each direction there is, what to translate with and into, one after another."""
    direct: dict[Direction, _Route] = {
        (source, target): ((engine, target),) for (source, target), engine in engines.items()
    }
    there = {target for source, target in direct if source is _MIDDLE}
    back = {source for source, target in direct if target is _MIDDLE}
    around = {
        (first, second): direct[first, _MIDDLE] + direct[_MIDDLE, second]
        for first in back
        for second in there
        if first is not second
    }
    return around | direct


def table(evaluation: Evaluation) -> str:
    """Return the scores in Markdown, one direction a line."""
    names = list(dict.fromkeys(score.set_name for score in evaluation.scores))
    cells = {(score.set_name, score.direction): score for score in evaluation.scores}
    heads = [*(f"{name}: BLEU | chrF" for name in names), *PUBLISHED]
    search = evaluation.decoding
    weights = [
        f"{weight:g} in {direction_name(*direction)}"
        for direction, weight in evaluation.channel_weights.items()
    ]
    lines = [
        f"Translated by: {evaluation.models}. {_ABOUT_PUBLISHED}",
        "",
        f"Beam {search.beam_size}, length penalty {search.length_penalty:g}, channel weight "
        + (" and ".join(weights) or "0")
        + ".",
        "",
        "| direction | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * (2 * len(names) + len(PUBLISHED)),
    ]
    for direction in dict.fromkeys(score.direction for score in evaluation.scores):
        scores = [cells[name, direction] for name in names]
        ours = [f"{score.bleu:.1f} | {score.chrf:.1f}" for score in scores]
        theirs = [str(column.get(direction, "–")) for column in PUBLISHED.values()]
        lines.append(f"| {direction} | " + " | ".join([*ours, *theirs]) + " |")
    sizes = ", ".join(f"{name}: {_size(evaluation, name)}" for name in names)
    signatures = [f"- `{signature}`" for signature in evaluation.signatures]
    return "\n".join([*lines, "", f"Sentences: {sizes}. Signatures:", "", *signatures]) + "\n"


def write_table(card: Path, text: str) -> None:
    """Put the table in its place in the model card. Raises CardMalformed."""
    before = card.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    if not pattern.search(before):
        raise CardMalformed(f"{card.name} lacks {_BEGIN} and {_END}.")
    after = pattern.sub(lambda _: f"{_BEGIN}\n\n{text}\n{_END}", before)
    card.write_text(after, encoding="utf-8")


def _sets(newsbank: Path, evaluation: Path | None, limit: int) -> dict[str, list[Triple]]:
    found: dict[str, list[Triple]] = {
        f"{name} dev": list[Triple](rows)
        for name, rows in (read_evaluation(evaluation) if evaluation else {}).items()
    }
    kept = [item for item in read_items(newsbank) if held_out(item)]
    found[NEWSBANK] = [triple for item in kept for triple in sentences(item)]
    return {name: rows[: limit or len(rows)] for name, rows in found.items()}


def _score(
    route: _Route,
    name: str,
    rows: Sequence[Triple],
    direction: Direction,
    decoding: Decoding,
    bleu: BLEU,
    chrf: CHRF,
) -> Score:
    first, second = direction
    written = [row[first] for row in rows]
    for engine, target in route:
        written = [one.text for one in engine.generate(written, decoding, target=target)]
    references = [[row[second] for row in rows]]
    return Score(
        name,
        direction_name(first, second),
        len(rows),
        bleu.corpus_score(written, references).score,
        chrf.corpus_score(written, references).score,
    )


def _size(evaluation: Evaluation, name: str) -> int:
    return next(score.sentences for score in evaluation.scores if score.set_name == name)


def weak_directions(
    evaluation: Evaluation, set_name: str, least_chrf: float
) -> Iterator[tuple[str, float]]:
    """Yield the directions to or from English that are too weak to ship, and their chrF on a set.

    One that nothing translates has none: 0.
    """
    scores = {one.direction: one.chrf for one in evaluation.scores if one.set_name == set_name}
    for direction in DIRECTIONS:
        chrf = scores.get(direction_name(*direction), 0.0)
        if _MIDDLE in direction and chrf < least_chrf:
            yield direction_name(*direction), chrf
