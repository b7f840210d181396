from hypothesis import given
from hypothesis import strategies as st

from khabar.languages import Language
from tests.workers.batching.engines import PLAIN, Recorder
from workers.batching.backlog import Backlog
from workers.batching.limits import Limits
from workers.batching.request import Asked, Request

LIMITS = Limits(batch_sentences=4, batch_characters=30)
ENGINE = Recorder()
REQUESTS = st.lists(
    st.tuples(
        st.lists(st.text("ab", max_size=40), min_size=1, max_size=9),
        st.integers(0, 3),
        st.sampled_from(list(Language)),
    ),
    max_size=8,
)


@given(REQUESTS)
def test_every_piece_is_taken_once_in_batches_within_the_limits(wanted):
    backlog = Backlog(LIMITS)
    requests = [
        Request(Asked(ENGINE, PLAIN, target), texts, float(due)) for texts, due, target in wanted
    ]
    for request in requests:
        backlog.add(list(request.pieces(LIMITS)))
    assert backlog.characters == sum(request.characters for request in requests)
    seen: list[tuple[int, int]] = []
    while backlog:
        first_due = min(piece.request.due for piece in backlog._pieces)
        batch = backlog.take()
        assert batch[0].request.due == first_due
        assert len({piece.request.asked for piece in batch}) == 1
        sentences = [text for piece in batch for text in piece.sentences]
        assert len(sentences) <= 4
        assert len(sentences) == 1 or sum(map(len, sentences)) <= 30
        seen += [(id(piece.request), at) for piece in batch for at in piece.positions]
    assert sorted(seen) == sorted(
        (id(request), at) for request in requests for at in range(len(request.sentences))
    )
    assert backlog.characters == 0
