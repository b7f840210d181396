"""What a search found, and what is said of one that failed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Self

from khabar.errors import EngineFailed
from workers.engines.vocabulary import Vocabulary
from workers.protocols import Hypothesis


@dataclass(frozen=True, slots=True)
class Found:
    """An output of a search for one input.

    ``tokens`` are without the forced ones before and the end token behind; ``log_probability`` is
    the sum over them and the end token, where ``finished`` says that there was one. ``others`` are
    what the search found next, in the order in which it prefers them.
    """

    tokens: Sequence[str]
    finished: bool
    log_probability: float
    others: Sequence["Found"] = ()

    @classmethod
    def best_of(cls, found: Sequence[Self]) -> Self:
        """Return the first of some outputs, the best, with the others behind it."""
        return replace(found[0], others=found[1:])

    def hypothesis(self, vocabulary: Vocabulary) -> Hypothesis:
        """Return the output as text."""
        steps = max(1, len(self.tokens) + self.finished)
        return Hypothesis(
            text=vocabulary.decode(self.tokens),
            tokens=len(self.tokens),
            finished=self.finished,
            score=self.log_probability / steps,
            others=tuple(other.hypothesis(vocabulary) for other in self.others),
        )


@contextmanager
def engine_failures() -> Iterator[None]:
    """Turn what CTranslate2 and torch raise into EngineFailed."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise EngineFailed(f"The model failed: {error}") from error
