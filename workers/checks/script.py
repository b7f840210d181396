"""Whether the output is written in the script of its language."""

from khabar.languages import Language
from khabar.summary import Check
from workers.checks.letters import all_letters, letters_of
from workers.checks.outcome import outcome
from workers.protocols import Pair

# Latin names and abbreviations are common in Russian and Arabic news, the reverse is not.
_LEAST_SHARE = {Language.ENGLISH: 0.95, Language.RUSSIAN: 0.35, Language.ARABIC: 0.35}

# Not one letter of these belongs in a sentence of the language.
_FOREIGN = {
    Language.ENGLISH: (Language.RUSSIAN, Language.ARABIC),
    Language.RUSSIAN: (Language.ARABIC,),
    Language.ARABIC: (Language.RUSSIAN,),
}


class ScriptCheck:
    """Fails an output whose letters are, too many of them, of another script."""

    name = "script"

    def __call__(self, pair: Pair) -> Check:
        """Return the outcome; an output without letters passes."""
        return outcome(self.name, _problem(pair.output, pair.output_language))


def _problem(output: str, language: Language) -> str | None:
    letters = all_letters(output)
    if not letters:
        return None
    share = letters_of(output, language) / letters
    if share < _LEAST_SHARE[language]:
        return f"Only {share:.0%} of the letters are of the script of {language.value}."
    foreign = [other.value for other in _FOREIGN[language] if letters_of(output, other)]
    return f"Letters of the script of {' and '.join(foreign)} stand in it." if foreign else None
