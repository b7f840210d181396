import pytest
import torch

from training.cores.flat import TABLE, Flat
from training.model import Transformer


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_every_weight_but_the_table_has_a_place_of_its_own(config, processes):
    flat = Flat(config.model, processes)
    numbers = torch.zeros(flat.size)

    for view in flat.views(numbers).values():
        view += 1

    assert (numbers == 1).all()
    model = dict(Transformer(config.model, 10).named_parameters())
    views = flat.views(numbers)
    assert {name: one.shape for name, one in model.items() if name != TABLE} == {
        name: view.shape for name, view in views.items()
    }


def test_each_process_has_about_as_many_weights_and_its_own_place(config):
    flat = Flat(config.model, 2)
    first, second = (share.place for share in flat.shares)

    assert first.stop == second.start
    assert second.stop == flat.vectors.start
    assert flat.vectors.stop == flat.size
    sizes = [share.place.stop - share.place.start for share in flat.shares]
    assert max(sizes) < 1.3 * min(sizes)
