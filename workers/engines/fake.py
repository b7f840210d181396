"""An engine without a model, for tests and for trying the service out."""

from collections.abc import Callable, Sequence

from khabar.errors import EngineFailed
from khabar.languages import Language
from workers.engines.clauses import split_clauses
from workers.engines.segments import Segment, join_hypotheses
from workers.engines.transliteration import transliterate
from workers.protocols import Decoding, Hypothesis


class FakeEngine:
    """Writes each word in the letters of the target language.

    The output has the right script, and the numbers, order and punctuation of the source. A word
    counts as a token; ``max_source_tokens`` is how many it reads at once.
    """

    def __init__(
        self,
        on_call: Callable[[int], None] | None = None,
        *,
        targets: frozenset[Language] = frozenset(Language),
        max_source_tokens: int = 512,
    ) -> None:
        self._on_call = on_call
        self._targets = targets
        self._max_source_tokens = max_source_tokens

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        """Return one hypothesis for each sentence, in order.

        Raises EngineFailed for a target it was not given, and for a beam of no hypothesis.
        """
        if target not in self._targets:
            raise EngineFailed("The engine does not write this language.", given=target.value)
        if decoding.beam_size < 1:
            raise EngineFailed("A beam holds at least one hypothesis.", given=decoding.beam_size)
        segments = [
            segment
            for position, sentence in enumerate(sentences)
            for segment in self._segments(position, sentence)
        ]
        if segments and self._on_call:
            self._on_call(len(segments))
        hypotheses = [_write(segment.tokens, decoding.max_length, target) for segment in segments]
        return join_hypotheses(segments, hypotheses, len(sentences))

    def _segments(self, position: int, sentence: str) -> list[Segment]:
        if not sentence.strip():
            return []
        clauses = split_clauses(
            sentence.strip(), lambda text: len(text.split()) <= self._max_source_tokens
        )
        return [Segment(position, clause.joiner, clause.text.split()) for clause in clauses]


def _write(words: Sequence[str], limit: int, target: Language) -> Hypothesis:
    written = [transliterate(word, target) for word in words[:limit]]
    # It is certain of every word, so the logarithm of each probability is 0.
    return Hypothesis(" ".join(written), len(written), len(words) <= limit, 0.0)
