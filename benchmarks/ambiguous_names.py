"""Finds names of the gazetteer that look like other words, by the sentence pairs of the newsbank.

``python -m benchmarks.ambiguous_names > workers/data/ambiguous_names.tsv``

Those are names that a sentence seems to have and its translation often has not. A tenth of the
items is left out, so that the checks can be measured on it.
"""

from collections import Counter

from benchmarks.sentence_pairs import DIRECTIONS, body_lines
from khabar.languages import Language
from workers.gazetteer.entries import Entry
from workers.gazetteer.finder import find
from workers.gazetteer.kinship import kin
from workers.gazetteer.likeness import WordsOf

OFTEN = 0.25
LEAST = 2


def main() -> None:
    """Print the language and the form of each such name."""
    seen: Counter[tuple[Language, str]] = Counter()
    lost: Counter[tuple[Language, str]] = Counter()
    for line in body_lines():
        if line.held_out:
            continue
        words = {language: WordsOf(text, language) for language, text in line.texts.items()}
        names = {language: find(text, language) for language, text in line.texts.items()}
        for source, target in DIRECTIONS:
            for found in names[source]:
                alike = frozenset[Entry]().union(*(kin()[entry] for entry in found.entries))
                kept = any(words[target].have(entry) for entry in alike)
                for entry in found.entries:
                    seen[source, entry.forms[source]] += 1
                    lost[source, entry.forms[source]] += not kept
    for (language, form), times in sorted(lost.items()):
        if times >= LEAST and times >= OFTEN * seen[language, form]:
            print(f"{language.value}\t{form}")


if __name__ == "__main__":
    main()
