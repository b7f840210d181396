"""Step 1: from corpora, newsbank and gazetteer to one file of pairs, and a report of what it holds.

Whatever is kept for evaluation is refused as it comes, and the written file is then read again to
prove that none of it is there.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from khabar.languages import Language
from training import carriers
from training.cleaning import refusal
from training.config import Config
from training.corpora import Corpus, find_corpora
from training.forms import bare_words, tidy, without_arabic_signs
from training.gazetteer import WORDS, entry_pairs, read_dictionary, read_gazetteers
from training.guard import EvaluationGuard, kept_texts, prove_nothing_leaked
from training.items import Item, held_out, read_newsbank
from training.joining import join_by_english
from training.news import NEWS, news_pairs, sentences, triple_pairs, watched
from training.noise import add_noise
from training.pairs import TRAIN, TextPair, direction_name, write_pairs

Found = TypeVar("Found")
PAIRS, REPORT = "pairs.tsv", "prepare.json"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Where everything is. ``corpora`` may be missing: the newsbank alone will do for a trial."""

    newsbank: Path
    evaluation: Path | None = None
    corpora: Path | None = None


@dataclass(slots=True)
class _Sieve:
    """Lets each text pair through once, and none that is kept for evaluation."""

    guard: EvaluationGuard
    refused: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def pass_on(self, pairs: Iterable[TextPair]) -> Iterator[TextPair]:
        for pair in pairs:
            first, second = bare_words(pair.first_text), bare_words(pair.second_text)
            key = (" ".join(first), " ".join(second))
            if key in self.seen:
                self.refused[f"{pair.source}: repeated"] += 1
            elif self.guard.refuses_words(first) or self.guard.refuses_words(second):
                self.refused[f"{pair.source}: evaluation"] += 1
            else:
                self.seen.add(key)
                yield pair


def prepare(config: Config, inputs: Inputs, work: Path) -> dict[str, Any]:
    """Write ``pairs.tsv`` and ``prepare.json`` into ``work``, and return the report.

    Raises EvaluationLeak if anything kept for evaluation came through, which is a fault of this
    program.
    """
    work.mkdir(parents=True, exist_ok=True)
    items = read_newsbank(inputs.newsbank)
    guard = _guard(config, inputs, items)
    sieve = _Sieve(guard)
    chance = random.Random(config.data.seed)  # noqa: S311 - No secret hangs on it.
    learnt = _some([item for item in items if not held_out(item)], config.data.items)
    pairs = [
        *sieve.pass_on(_news(config, learnt, inputs, chance)),
        *_capped(_corpora(config, inputs, sieve), config, chance),
        *_dictionary(config, inputs, sieve),
    ]
    noisy = _noisy_copies(config, pairs, chance)
    write_pairs(work / PAIRS, [*pairs, *noisy])
    report = {
        "pairs": _counts([*pairs, *noisy]),
        "refused": dict(sorted(sieve.refused.items())),
        "news items": {"learnt from": len(learnt), "held out": sum(map(held_out, items))},
        "texts proved clean": prove_nothing_leaked(work / PAIRS, guard),
    }
    (work / REPORT).write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return report


def _guard(config: Config, inputs: Inputs, items: Iterable[Item]) -> EvaluationGuard:
    kept = [item for item in items if held_out(item)]
    nowhere = inputs.newsbank / "no evaluation sets"
    return EvaluationGuard.of(kept_texts(inputs.evaluation or nowhere, kept), config.data.run_words)


def _some(found: Sequence[Found], limit: int) -> Sequence[Found]:
    # Every file gives its share, when only some of them are wanted.
    return found[:: max(1, len(found) // limit)][:limit] if limit else found


def _news(
    config: Config, items: Sequence[Item], inputs: Inputs, chance: random.Random
) -> Iterator[TextPair]:
    yield from news_pairs(items)
    entries = read_gazetteers(inputs.newsbank)
    yield from entry_pairs(entries)
    for triple in carriers.lists(entries, config.data.lists, chance):
        yield from triple_pairs(carriers.SOURCE, triple)
    substitution = carriers.Substitution(entries, chance)
    triples = [triple for item in items if not watched(item) for triple in sentences(item)]
    for triple in triples * config.data.substitutions:
        if varied := substitution.vary(triple):
            yield from triple_pairs(carriers.SOURCE, varied)


def _dictionary(config: Config, inputs: Inputs, sieve: _Sieve) -> Iterator[TextPair]:
    """Yield the words to be told, also those that are among the texts to learn from."""
    entries = _some(read_dictionary(inputs.newsbank), config.data.words)
    return replace(sieve, seen=set()).pass_on(entry_pairs(entries, WORDS))


def _corpora(config: Config, inputs: Inputs, sieve: _Sieve) -> list[TextPair]:
    if inputs.corpora is None:
        return []
    pairs = [
        pair
        for corpus in find_corpora(inputs.corpora)
        for pair in sieve.pass_on(_clean(corpus, config, sieve.refused))
    ]
    return [*pairs, *sieve.pass_on(join_by_english(pairs))]


def _clean(corpus: Corpus, config: Config, refused: Counter[str]) -> Iterator[TextPair]:
    for first, second in corpus.lines(config.data.read, config.data.seed):
        pair = TextPair(
            corpus.source, corpus.first, corpus.second, tidy(first), _written(second, corpus)
        )
        if reason := refusal(pair, config.data.max_characters):
            refused[f"{corpus.source}: {reason}"] += 1
        else:
            yield pair


def _written(text: str, corpus: Corpus) -> str:
    """Return the text as the model is to write it."""
    text = tidy(text)
    return without_arabic_signs(text) if corpus.second is Language.ARABIC else text


def _capped(pairs: list[TextPair], config: Config, chance: random.Random) -> Iterator[TextPair]:
    groups = defaultdict[tuple[str, str], list[TextPair]](list)
    for pair in pairs:
        groups[pair.source, direction_name(pair.first, pair.second)].append(pair)
    for (source, _), members in sorted(groups.items()):
        cap = config.data.caps.get(source, config.data.caps["any"])
        yield from members if not cap or len(members) <= cap else chance.sample(members, cap)


def _noisy_copies(
    config: Config, pairs: Iterable[TextPair], chance: random.Random
) -> list[TextPair]:
    """Return the copies of the news sentences, each text noised alike for both its targets."""
    noised: dict[tuple[str, Language, int], str] = {}
    copies = []
    for pair in pairs:
        if pair.source not in NEWS or pair.split != TRAIN:
            continue
        for there in (pair, pair.turned):
            for copy in range(1, config.data.copies + 1):
                key = (there.first_text, there.first, copy)
                if key not in noised:
                    noised[key] = add_noise(there.first_text, there.first, config.noise, chance)
                copies.append(replace(there, first_text=noised[key], copy=copy))
    return copies


def _counts(pairs: Iterable[TextPair]) -> dict[str, int]:
    counts = Counter(
        f"{pair.split} {pair.source}{' copy' if pair.copy else ''} "
        f"{direction_name(pair.first, pair.second)}"
        for pair in pairs
    )
    return dict(sorted(counts.items()))
