"""An engine that writes what it is told to, and a count of words for a model's limit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from khabar.languages import Language
from workers.protocols import Decoding, Hypothesis


@dataclass
class ScriptedEngine:
    """Writes what ``answer`` makes of a text and of how often it was asked; remembers the calls."""

    answer: Callable[[str, Decoding], str]
    calls: list[tuple[tuple[str, ...], Decoding]] = field(default_factory=list)
    targets: list[Language] = field(default_factory=list)

    def generate(
        self, sentences: Sequence[str], decoding: Decoding, *, target: Language
    ) -> list[Hypothesis]:
        self.calls.append((tuple(sentences), decoding))
        self.targets.append(target)
        return [_cut(self.answer(text, decoding), decoding.max_length) for text in sentences]

    @property
    def texts(self) -> list[str]:
        return [text for texts, _ in self.calls for text in texts]


def _cut(text: str, limit: int) -> Hypothesis:
    words = text.split()
    return Hypothesis(" ".join(words[:limit]), min(len(words), limit), len(words) <= limit, 0.0)


def words_fit(limit: int) -> Callable[[str], bool]:
    return lambda text: len(text.split()) <= limit
