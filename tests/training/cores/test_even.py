from itertools import islice

import numpy as np
import pytest
import torch

from training.batches import Assembler, Plan
from training.cores.even import EvenAssembler, EvenStream
from training.vocabulary import PAD

POSITIONS = 600


@pytest.fixture
def stream(packed, config):
    return EvenStream(packed, config, POSITIONS, seed=5)


def test_sources_of_a_batch_are_equally_long(packed, stream):
    assembler = EvenAssembler(packed)

    for examples in islice(stream.batches(lambda: 0.0), 50):
        batch = assembler.batch(examples)
        assert (batch.source != PAD).all()
        assert batch.target_out.shape[1] % 2 == 0
        assert batch.source.numel() <= max(POSITIONS / 2 * 1.5, 4 * batch.source.shape[1])


def test_a_batch_is_what_the_assembler_of_other_runs_makes(packed, stream):
    examples = next(stream.batches(lambda: 0.0))

    batch = EvenAssembler(packed).batch(examples)

    source, target = batch.source.shape[1], batch.target_out.shape[1]
    wanted = Assembler(packed, torch.device("cpu")).batch(Plan(examples, source, target))
    assert torch.equal(batch.source, wanted.source)
    assert torch.equal(batch.target_in, wanted.target_in)
    assert torch.equal(batch.target_out, wanted.target_out)


def test_nearly_every_example_comes_once(packed, stream):
    examples = np.arange(4000)

    cut = np.concatenate(list(stream.cut(examples)))

    assert len(np.unique(cut)) == len(cut)
    assert len(cut) > 0.8 * len(examples)


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
