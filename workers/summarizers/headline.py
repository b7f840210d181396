"""A headline made from a sentence, for articles that came without one."""

import re
from collections.abc import Iterator

from khabar.languages import Language
from workers.summarizers.quotations import balanced

LONGEST = 100
"""Characters."""
SHORTEST = 30
"""Characters; a clause shorter than this tells too little."""

BRACKETED = re.compile(r"\s*\([^()]*\)")
FULL_STOP = re.compile(r"(?:[.!؛;,،:]|\s+[–—-])+\Z")
ADVERBIAL = {
    Language.ENGLISH: re.compile(
        r"(?:in|on|at|after|before|with|as|when|while|despite|for|during|following|under|amid|from"
        r"|since|although|though|if|by|to|of|\w+ing|\w+ed)\b",
        re.IGNORECASE,
    ),
    Language.RUSSIAN: re.compile(
        r"(?:в|во|на|после|до|по|с|со|при|из|из-за|несмотря|когда|пока|если|хотя|чтобы|для|\w+вшись"
        r"|\w+ая|\w+яя)\b",
        re.IGNORECASE,
    ),
    Language.ARABIC: re.compile(r"و?(?:في|بعد|قبل|مع|خلال|على|منذ|رغم|عندما|بينما|فيما)\b"),
}
CLAUSE = {
    Language.ENGLISH: re.compile(
        r"(?:[,;:]| [–—-])\s|\s(?=(?:after|as|while|because|amid|when|before|although)\s)"
    ),
    Language.RUSSIAN: re.compile(r"(?:[,;:]| [–—-])\s"),
    Language.ARABIC: re.compile(
        r"(?:[،؛:,;]| [–—-])\s|\s(?=(?:بعد|فيما|بينما|حيث|وسط|بعدما|عقب|إثر|بهدف|لبحث|وذلك|مما)\s)"
    ),
}
STUB = re.compile(
    r"[,،]\s+(?:\S+(?:\s\S+)?|(?:who|whom|whose|which|where|котор\w+|чь\w+|где)\b[^,]*"
    r"|(?:الذي|التي|الذين|اللذان|اللتان)\b[^،]*)\Z"
)
"""What may not come last after a comma: one or two words that only begin a clause, or a relative
clause, which leaves the subject before it without its verb."""
LAST_RESORT = re.compile(r"\s+")


def headline_from(sentence: str, language: Language) -> str:
    """Return ``sentence`` as a headline of at most 100 characters.

    A longer one is cut at the last clause border that leaves its marks in pairs; where there is
    none, after the last whole word, with an ellipsis.
    """
    text = _bare(BRACKETED.sub("", sentence))
    if len(text) <= LONGEST:
        return text
    clauses = [text[:end] for end in _borders(text, language) if SHORTEST <= end <= LONGEST]
    whole = [clause for clause in clauses if balanced(clause) and not STUB.search(clause)]
    return _bare(whole[-1]) if whole else _cut_after_word(text)


def _borders(text: str, language: Language) -> Iterator[int]:
    """Yield where clauses end, without the one that only closes an opening adverbial."""
    ends = [match.start() for match in CLAUSE[language].finditer(text)]
    return iter(ends[1:] if ADVERBIAL[language].match(text) else ends)


def _cut_after_word(text: str) -> str:
    spaces = [match.start() for match in LAST_RESORT.finditer(text, 0, LONGEST)]
    cut = spaces[-1] if spaces else LONGEST - 1
    return _bare(text[:cut]) + "…"


def _bare(text: str) -> str:
    return FULL_STOP.sub("", text.strip())
