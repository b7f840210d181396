from itertools import islice

import numpy as np
import pytest
import torch

from training.batches import Assembler, Plan
from training.cores.even import EvenAssembler, EvenStream, _filled_up
from training.vocabulary import PAD

POSITIONS = 600


@pytest.fixture
def stream(packed, config):
    return EvenStream(packed, config, POSITIONS, seed=5)


def test_batches_are_of_few_shapes(packed, stream):
    assembler = EvenAssembler(packed)

    sources = set()
    for examples in islice(stream.batches(lambda: 0.0), 200):
        batch = assembler.batch(examples)
        widths = (batch.source != PAD).sum(1)
        assert batch.source.shape[1] - widths.min() < 8
        assert batch.target_out.shape[1] % 4 == 0
        assert batch.source.numel() <= max(POSITIONS / 2, batch.source.shape[1])
        sources.add(tuple(batch.source.shape))

    # One number of rows for each width.
    assert len(sources) == len({width for _, width in sources})


@pytest.mark.parametrize(
    ("width", "filled"),
    [(1, 2), (31, 32), (32, 32), (33, 36), (64, 64), (65, 72), (161, 168)],
)
def test_short_sources_are_filled_up_less(width, filled):
    assert _filled_up(np.array([width])).tolist() == [filled]


def test_the_next_round_begins_with_what_was_kept(stream, monkeypatch):
    given, kept = [], []
    cut = stream.cut

    def noted(examples):
        given.append(examples)
        found, left = cut(examples)
        kept.append(left)
        return found, left

    monkeypatch.setattr(stream, "cut", noted)
    batches = stream.batches(lambda: 0.0)
    while len(given) < 3:
        next(batches)

    assert all(map(len, kept))
    for left, examples in zip(kept[:-1], given[1:], strict=True):
        assert np.array_equal(examples[: len(left)], left)


def test_a_batch_is_what_the_assembler_of_other_runs_makes(packed, stream):
    examples = next(stream.batches(lambda: 0.0))

    batch = EvenAssembler(packed).batch(examples)

    source, target = batch.source.shape[1], batch.target_out.shape[1]
    wanted = Assembler(packed, torch.device("cpu")).batch(Plan(examples, source, target))
    assert torch.equal(batch.source, wanted.source)
    assert torch.equal(batch.target_in, wanted.target_in)
    assert torch.equal(batch.target_out, wanted.target_out)


def test_every_example_comes_once_or_is_kept_for_later(stream):
    examples = np.arange(4000)

    cut, left = stream.cut(examples)

    assert np.array_equal(np.sort(np.concatenate([*cut, left])), examples)
    assert len(left) < 0.2 * len(examples)


def test_what_is_kept_comes_first(stream):
    _, left = stream.cut(np.arange(4000))

    cut, _ = stream.cut(np.concatenate([left, np.arange(4000, 8000)]))

    assert np.isin(left, np.concatenate(cut)).mean() > 0.9


def test_the_same_seed_gives_the_same_batches(packed, config):
    first, second = (
        islice(EvenStream(packed, config, POSITIONS, seed=5).batches(lambda: 0.0), 10)
        for _ in range(2)
    )

    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_round_ends_with_its_phase(stream, monkeypatch):
    moments = iter([0.0, 0.0, *[0.9] * 100])
    drawn = []
    draw = stream._mixture.draw

    def noted(count, progress):
        drawn.append(progress)
        return draw(count, progress)

    monkeypatch.setattr(stream._mixture, "draw", noted)

    list(islice(stream.batches(lambda: next(moments)), 3))

    assert drawn == [0.0, 0.9]
