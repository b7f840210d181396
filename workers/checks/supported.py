"""Whether a sentence in new words rests on the article it summarises."""

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.names import names_missing
from workers.checks.outcome import outcome
from workers.gazetteer.forms import key, words
from workers.gazetteer.likeness import WordsOf
from workers.protocols import Pair

_SHORTEST_NAME = 3


class SupportedCheck:
    """Fails a sentence of a summary that has no source, or names what its sources do not name.

    Names are those of the gazetteer, and words with a capital letter inside the sentence; Arabic
    has no such letters. A name may be spelled in another way. Numbers have a check of their own.
    """

    name = "supported"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; a pair of two languages passes."""
        if pair.source_language is not pair.output_language or pair.output == pair.source:
            return outcome(self.name, None)
        if pair.output.strip() and not pair.source.strip():
            return outcome(self.name, "No sentence of the article supports it.")
        unknown = _unknown(pair.output, pair.source, pair.output_language)
        problem = f"Not named in its sources: {', '.join(unknown)}." if unknown else None
        return outcome(self.name, problem)


def _unknown(output: str, source: str, language: Language) -> list[str]:
    known = names_missing(output, language, source, language)
    named = [word for word in words(output, language)[1:] if _is_name(word)]
    there = WordsOf(source, language)
    other = [word for word in named if not there.have_like(key(word, language))]
    return list(dict.fromkeys([*known, *(word for word in other if word not in " ".join(known))]))


def _is_name(word: str) -> bool:
    return word[0].isupper() and len(word) >= _SHORTEST_NAME
