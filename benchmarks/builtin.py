"""Speed of the models that come with Khabar: ``python -m benchmarks.builtin``.

They translate sentences of the newsbank as the recipe ``builtin`` says, against a model of the
shape of Marian base under transformers' ``generate``, in float32 on all cores. That one has random
weights, so it is held to as many tokens as such sentences take: 24 to read and 24 to write, fewer
than the built-in models write. The two take turns, so that other load falls on both. With the
channel, the model of the way back has its say after the search, as in the recipe.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, product
from pathlib import Path
from statistics import median

from benchmarks.machine import describe_machine
from benchmarks.model_runner import Task, transformers_generate
from benchmarks.model_shapes import SHAPES, Shape, make_checkpoint
from benchmarks.models import OUTPUT_TOKENS, SOURCE_TOKENS
from benchmarks.sentence_pairs import body_lines
from khabar.languages import Direction, Language
from khabar.recipe import ModelChoice, Recipe, RecipeBook
from workers.engines.channel import Channel, with_channels
from workers.engines.cpu import usable_cores
from workers.engines.ct2 import CT2Engine, load_engine
from workers.models.store import SHIPPED, ModelStore
from workers.protocols import Decoding, Engine

MARIAN_BEAM = 4
"""What OPUS-MT's models are published with."""


@dataclass(frozen=True, slots=True)
class Search:
    """How both search, and whether the model of the way back has its say after it."""

    decoding: Decoding
    marian_beam: int
    channel: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of the recipe: its engine, alone and with its channel, and its sentences."""

    source: Language
    target: Language
    engine: Engine
    with_channel: Engine
    sentences: Sequence[str]

    def translate(self, search: Search) -> int:
        """Translate the sentences and return how many tokens were written."""
        engine = self.with_channel if search.channel else self.engine
        found = engine.generate(self.sentences, search.decoding, target=self.target)
        return sum(one.tokens for one in found)


def main(arguments: Sequence[str], shape: Shape = SHAPES["marian-base"]) -> None:
    """Print a row for each direction and search, and how long the models take to load."""
    options = _parser().parse_args(arguments)
    recipe = RecipeBook.load(None, "builtin").default
    print(f"{describe_machine()}; using {usable_cores()}\n")
    engines = [(choice, _load(choice)) for choice in recipe.models]
    ways = list(_ways(engines, recipe.channel_weights, options.sentences))
    print(
        "\n| direction | beam | channel | Marian's | sentences a second, Marian = 1 | tokens each |"
    )
    print("|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(prefix="khabar-bench-") as folder:
        make_checkpoint(shape, Path(folder) / "checkpoint")
        marian = transformers_generate(Path(folder) / "checkpoint", usable_cores())
        for way, search in product(ways, list(_searches(recipe, options.beams))):
            if search.channel and way.with_channel is way.engine:
                continue
            other = search.marian_beam
            task = Task(other, len(way.sentences), SOURCE_TOKENS, OUTPUT_TOKENS)
            ours = partial(way.translate, search)
            ratio, tokens = _compare(ours, partial(marian, task), options.rounds)
            how = f"{search.decoding.beam_size} | {'yes' if search.channel else 'no'} | {other}"
            each = tokens / len(way.sentences)
            print(f"| {way.source}-{way.target} | {how} | {ratio:.1f} | {each:.0f} |", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.builtin", description=__doc__)
    parser.add_argument("--sentences", type=int, default=32)
    parser.add_argument("--beams", type=int, nargs="*", default=[1, 4], help="for both alike")
    parser.add_argument("--rounds", type=int, default=5)
    return parser


def _searches(recipe: Recipe, beams: Sequence[int]) -> Iterator[Search]:
    """Yield the recipe's search, alone and as the recipe has it, and those with equal beams."""
    own = Decoding(**recipe.decoding.model_dump())
    yield Search(own, MARIAN_BEAM)
    yield Search(own, MARIAN_BEAM, channel=True)
    yield from (Search(replace(own, beam_size=beam), beam) for beam in beams)


def _load(choice: ModelChoice) -> CT2Engine:
    model = ModelStore(SHIPPED).find_sound(choice, "builtin")
    start = time.perf_counter()
    engine = load_engine(model)
    seconds = time.perf_counter() - start
    print(f"{choice.id}: {model.size / 1e6:.1f} MB, loads in {seconds:.2f} s")
    return engine


def _ways(
    models: Sequence[tuple[ModelChoice, CT2Engine]], weights: Mapping[Direction, float], count: int
) -> Iterator[Way]:
    lines = list(islice(body_lines(), count))
    engines: dict[Direction, Channel] = {
        (source, target): engine.reading(source)
        for choice, engine in models
        for source, target in choice.pairs
    }
    for (source, target), engine in with_channels(engines, weights).items():
        sentences = [line.texts[source] for line in lines]
        yield Way(source, target, engines[source, target], engine, sentences)


def _compare(ours: Callable[[], int], theirs: Callable[[], int], rounds: int) -> tuple[float, int]:
    """Return how much less time ours takes, the medians of rounds in turn, and its tokens."""
    tokens = ours()
    theirs()  # The first call of a size does not count.
    times = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    own, other = zip(*times, strict=True)
    return median(other) / median(own), tokens


def _seconds(run: Callable[[], int]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main(sys.argv[1:])
