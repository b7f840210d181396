"""Step 6: BLEU and chrF of an installed model, and the table of the model card.

Scores are sacrebleu's (Post 2018, "A Call for Clarity in Reporting BLEU Scores"), with their
signatures, so that another person can get the same numbers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from khabar.languages import Language
from training.guard import read_evaluation
from training.items import held_out, read_items
from training.news import Triple, sentences
from training.pairs import DIRECTIONS, direction_name
from workers.engines.ct2 import load_engine
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
_BEGIN, _END = "<!-- scores: begin -->", "<!-- scores: end -->"


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
    """All scores of a model, and how they were computed."""

    model: str
    decoding: Decoding
    scores: tuple[Score, ...]
    signatures: tuple[str, ...]


def evaluate(
    model: InstalledModel,
    newsbank: Path,
    evaluation: Path | None,
    decoding: Decoding,
    limit: int = 0,
    *,
    hints: bool = True,
) -> Evaluation:
    """Translate every set in the six directions, or its first ``limit`` sentences, and score.

    Without ``hints``, a model that reads them gets none.
    """
    engine = load_engine(model) if hints else load_engine(model).without_hints()
    engines = {language: engine.reading(language) for language in Language}
    bleu, chrf = BLEU(), CHRF()
    found = [
        _score(engines[first], name, rows, first, second, decoding, bleu, chrf)
        for name, rows in _sets(newsbank, evaluation, limit).items()
        for first, second in DIRECTIONS
    ]
    signatures = (f"BLEU {bleu.get_signature()}", f"chrF {chrf.get_signature()}")
    manifest = model.manifest
    told = "" if hints else ", without hints"
    name = f"{manifest.id}, revision {manifest.revision}, {manifest.quantization}{told}"
    return Evaluation(name, decoding, tuple(found), signatures)


def table(evaluation: Evaluation) -> str:
    """Return the scores in Markdown, one direction a line."""
    names = list(dict.fromkeys(score.set_name for score in evaluation.scores))
    cells = {(score.set_name, score.direction): score for score in evaluation.scores}
    heads = [*(f"{name}: BLEU | chrF" for name in names), *PUBLISHED]
    lines = [
        f"Model: {evaluation.model}. Beam {evaluation.decoding.beam_size}. " + _ABOUT_PUBLISHED,
        "",
        "| direction | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * (2 * len(names) + len(PUBLISHED)),
    ]
    for first, second in DIRECTIONS:
        direction = direction_name(first, second)
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
    engine: Engine,
    name: str,
    rows: Sequence[Triple],
    first: Language,
    second: Language,
    decoding: Decoding,
    bleu: BLEU,
    chrf: CHRF,
) -> Score:
    sources = [row[first] for row in rows]
    written = [one.text for one in engine.generate(sources, decoding, target=second)]
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


def weak_directions(evaluation: Evaluation, set_name: str, least_chrf: float) -> Iterator[Score]:
    """Yield the scores of a set, to or from English, that are too low to ship."""
    for score in evaluation.scores:
        if score.set_name == set_name and "en" in score.direction and score.chrf < least_chrf:
            yield score
