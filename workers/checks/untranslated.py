"""Whether a part of the source was copied instead of translated."""

from difflib import SequenceMatcher

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.letters import words_of
from workers.checks.outcome import outcome
from workers.protocols import Pair

# A title in Latin letters, such as that of a company or a ship, may stand in any language.
_LATIN_TITLE_WORDS = 5
_COPIED_WORDS = 2


class UntranslatedCheck:
    """Fails an output that shares a run of words with its source, names in Latin letters aside."""

    name = "untranslated"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; a pair of one language passes."""
        if pair.source_language is pair.output_language:
            return outcome(self.name, None)
        run = _shared_run(
            words_of(pair.source, pair.source_language), words_of(pair.output, pair.source_language)
        )
        copied = _is_copied(run, pair.source_language)
        return outcome(self.name, "Words of the source stand in it." if copied else None)


def _shared_run(source: list[str], output: list[str]) -> list[str]:
    match = SequenceMatcher(None, source, output, autojunk=False).find_longest_match()
    return source[match.a : match.a + match.size]


def _is_copied(run: list[str], language: Language) -> bool:
    if language is not Language.ENGLISH:
        return len(run) >= _COPIED_WORDS
    ordinary = [word for word in run if word.islower()]
    return len(ordinary) >= _COPIED_WORDS or len(run) > _LATIN_TITLE_WORDS
