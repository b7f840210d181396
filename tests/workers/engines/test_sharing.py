import pytest

from workers.engines.sharing import Cores, batch_tokens


@pytest.mark.parametrize(
    ("lengths", "batches", "expected"),
    [
        ([20, 10, 30, 20], 2, 60),  # Two of the longest.
        ([20, 10, 30], 2, 60),
        ([30], 4, 30),
        ([20, 10, 30, 20], 1, 120),
        ([30] * 1000, 2, 1024),
        ([], 2, 1),
    ],
)
def test_a_small_call_is_cut_into_as_many_batches_and_a_large_one_is_bounded(
    lengths, batches, expected
):
    assert batch_tokens(lengths, batches) == expected


def test_a_call_gets_the_cores_that_others_leave():
    cores = Cores(3)
    with cores.share() as first, cores.share() as second, cores.share() as third:
        assert (first, second, third) == (3, 2, 1)
        with cores.share() as fourth:
            assert fourth == 1
    with cores.share() as again:
        assert again == 3


def test_a_call_that_fails_gives_its_cores_back():
    cores = Cores(2)
    with pytest.raises(RuntimeError), cores.share():
        raise RuntimeError
    with cores.share() as free:
        assert free == 2
