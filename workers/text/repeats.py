"""A standfirst says what the first paragraphs say again: the fuller of the two is kept."""

import re
from collections import Counter
from collections.abc import Sequence

from workers.text.document import Sentence

# A standfirst and the sentence it repeats stand within this many sentences of the top.
_TOP_SENTENCES = 5
# A sentence is repeated if another has this share of its words; of fewer words chance decides.
_REPEATED_SHARE = 0.85
_MIN_WORDS = 4
_WORDS = re.compile(r"\w+")


def drop_repeats(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences without those at the top that a fuller one there repeats."""
    top = sentences[:_TOP_SENTENCES]
    bags = [Counter(_WORDS.findall(sentence.text.casefold())) for sentence in top]
    repeated = {
        number
        for number, bag in enumerate(bags)
        if any(
            _is_in(bag, other, earlier=at < number) for at, other in enumerate(bags) if at != number
        )
    }
    return [sentence for number, sentence in enumerate(sentences) if number not in repeated]


def _is_in(bag: Counter[str], other: Counter[str], *, earlier: bool) -> bool:
    """Tell whether ``other`` is the fuller of two alike; of two equally full, the earlier."""
    if bag.total() < _MIN_WORDS:
        return False
    fuller = other.total() > bag.total() or (earlier and other.total() == bag.total())
    return fuller and (bag & other).total() >= _REPEATED_SHARE * bag.total()
