import numpy as np
import pytest
import torch

from training.batches import Assembler, Widths
from training.config import GRAIN
from training.vocabulary import END, PAD, START, load_pieces, tag_ids


@pytest.fixture
def plans(packed):
    chance = np.random.default_rng(1)
    examples = chance.permutation(len(packed.sources))[:4000]
    return examples, list(Widths.of(packed).plans(examples, 4096, chance))


def test_every_example_comes_once(plans):
    examples, found = plans

    planned = np.concatenate([plan.examples for plan in found])

    assert sorted(planned.tolist()) == sorted(examples.tolist())


def test_a_batch_is_of_the_asked_size(plans):
    _, found = plans

    for plan in found:
        assert plan.source_width % GRAIN == plan.target_width % GRAIN == 0
        area = len(plan.examples) * (plan.source_width + plan.target_width)
        assert area <= 4096 or len(plan.examples) <= GRAIN


def test_little_is_padding(packed, plans):
    _, found = plans
    padded = sum(len(plan.examples) * (plan.source_width + plan.target_width) for plan in found)
    real = sum(
        int((packed.lengths[packed.sources[p.examples]] + 1).sum())
        + int(packed.lengths[packed.targets[p.examples]].sum())
        for p in found
    )

    # Texts as short as a gazetteer's are mostly rounding.
    assert real / padded > 0.6


def test_a_batch_holds_the_texts_with_tag_start_and_end(packed, plans):
    plan = plans[1][0]
    tags = tag_ids(load_pieces(packed.vocabulary))

    batch = Assembler(packed, torch.device("cpu")).batch(plan)

    for row, example in enumerate(plan.examples):
        group = packed.groups_known[packed.groups[example]]
        source = [tags[group.second], *packed.text(packed.sources[example])]
        target = packed.text(packed.targets[example])
        assert [t for t in batch.source[row].tolist() if t != PAD] == source
        assert [t for t in batch.target_out[row].tolist() if t != PAD] == target
        assert batch.target_in[row].tolist()[: len(target)] == [START, *target[:-1]]
        assert target[-1] == END
    assert batch.source.shape == (len(plan.examples), plan.source_width)
    assert batch.target_in.shape == batch.target_out.shape
