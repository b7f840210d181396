"""Whole sentences out of a model that writes summaries."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from khabar.languages import Language
from workers.checks.ending import ends
from workers.checks.repetition import RepetitionCheck
from workers.checks.script import ScriptCheck
from workers.decoding import firmer
from workers.protocols import Decoding, Engine, Hypothesis, Pair
from workers.text.sentences import split_sentences

TEXTS_A_CALL = 8
"""Articles or parts given to the engine at once, which bounds the memory of a call."""

_CHECKS = (RepetitionCheck(), ScriptCheck())
# Some models were trained on text with white space before every mark.
_LOOSE_MARK = re.compile(r"\s+(?=[.,;:!?،؛؟…](?:\s|$))")


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote about one text; ``sound`` if it is whole sentences without a loop."""

    sentences: tuple[str, ...]
    sound: bool


@dataclass(frozen=True, slots=True)
class Writer:
    """Has an engine write summaries in one language.

    ``tokens`` bounds a summary at the first try. One that is empty, in the wrong script, caught in
    a loop or without a whole sentence is written again, firmer, and as long as ``decoding`` allows.
    """

    engine: Engine
    language: Language
    decoding: Decoding
    tokens: int

    def write(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """Return the sentences of a summary of each text, in order; none where none was whole.

        Raises EngineFailed.
        """
        written = self._attempt(texts, self._short())
        poor = [place for place, found in enumerate(written) if not found.sound]
        again = self._attempt([texts[place] for place in poor], firmer(self.decoding))
        for place, found in zip(poor, again, strict=True):
            if found.sound or not written[place].sentences:
                written[place] = found
        return [found.sentences for found in written]

    def _short(self) -> Decoding:
        limit = min(self.tokens, self.decoding.max_length)
        least = min(self.decoding.min_length, limit)
        return replace(self.decoding, min_length=least, max_length=limit)

    def _attempt(self, texts: Sequence[str], decoding: Decoding) -> list[Written]:
        return [
            _written(hypothesis, self.language)
            for start in range(0, len(texts), TEXTS_A_CALL)
            for hypothesis in self.engine.generate(
                texts[start : start + TEXTS_A_CALL], decoding, target=self.language
            )
        ]


def _written(hypothesis: Hypothesis, language: Language) -> Written:
    text = _LOOSE_MARK.sub("", " ".join(hypothesis.text.split()))
    sentences = [span.of(text) for span in split_sentences(text, language)]
    if sentences and not hypothesis.finished and not ends(sentences[-1]):
        sentences.pop()
    pair = Pair("", language, text, language)
    sound = bool(sentences) and all(check(pair).passed for check in _CHECKS)
    return Written(tuple(sentences), sound)
