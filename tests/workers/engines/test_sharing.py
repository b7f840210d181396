import pytest

from workers.engines.sharing import Cores, batch_tokens


@pytest.mark.parametrize(
    ("lengths", "beam", "batches", "expected"),
    [
        ([30] * 7 + [20], 4, 2, 120),  # Four of the longest.
        ([30] * 9, 4, 2, 150),
        ([30] * 7, 1, 2, 210),  # Half would be fewer than 4 hypotheses.
        ([30] * 8, 1, 2, 120),
        ([10] * 32, 1, 1, 320),
        ([10] * 32, 4, 4, 80),
        ([32] * 1024, 1, 2, 1024),
        ([32] * 1024, 4, 2, 256),
        ([25] * 32, 4, 2, 200),  # Four of 8, not three of 10 and one of 2.
        ([25] * 24, 4, 2, 150),  # Four of 6, two for each core.
        ([25] * 24, 4, 1, 200),
        ([2000], 4, 2, 2000),
        ([30], 4, 2, 30),
        ([], 4, 2, 1),
    ],
)
def test_a_call_is_cut_if_its_parts_are_worth_it_and_a_large_one_is_bounded(
    lengths, beam, batches, expected
):
    assert batch_tokens(lengths, beam, batches) == expected


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
