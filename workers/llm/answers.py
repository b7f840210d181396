"""Whether a model's answer can be used: its shape, its size and its language.

A reason names no word of the article or the answer, since it is stored and told to clients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from khabar.canonical import canonical_line
from khabar.errors import FieldInvalid, TextNotUnicode
from khabar.identify import check_declared
from khabar.languages import FACTS, Language
from workers.checks.letters import all_letters, letters_of
from workers.llm.chat import Completion
from workers.llm.json_text import first_object
from workers.summarizers.headline import headline_from

# Characters. News sentences are rarely half as long, and headlines end before.
LONGEST_SENTENCE = 600
LONGEST_HEADLINE = 200
FEWEST_WORDS = 3
# A translation may be longer than its source, by so much and by a factor.
_SPARE_CHARACTERS = 80
_LONGEST_RATIO = 3
# Foreign names may take up most of a short sentence, but not all of it.
_LEAST_SCRIPT = 0.1

Shape = TypeVar("Shape", bound=BaseModel)


class BadAnswer(Exception):
    """An answer cannot be used. ``reason`` is a full sentence, for the model and the client."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Sentence(BaseModel):
    text: str
    sources: list[object] = []


class _SummaryShape(BaseModel):
    headline: str = ""
    sentences: list[_Sentence]


class _Translation(BaseModel):
    number: int
    text: str


class _TranslationsShape(BaseModel):
    translations: list[_Translation]


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence, and the numbers of the article's sentences it is said to rest on, from 1."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SummaryAnswer:
    """A summary that passed."""

    headline: str
    sentences: tuple[SummarySentence, ...]


def read_summary(
    completion: Completion, numbers: int, language: Language, count: int
) -> SummaryAnswer:
    """Return the summary in an answer to an article of ``numbers`` sentences.

    A source that does not exist is dropped: a sentence may be left without any. Raises BadAnswer.
    """
    shape = _read(completion, _SummaryShape)
    texts = [_line(sentence.text, LONGEST_SENTENCE) for sentence in shape.sentences]
    if not 1 <= len(texts) <= count:
        raise BadAnswer(f"It has {len(texts)} sentences, and 1 to {count} were asked for.")
    if any(len(text.split()) < FEWEST_WORDS for text in texts):
        raise BadAnswer("One of its sentences is none.")
    if len(set(texts)) < len(texts):
        raise BadAnswer("It says the same sentence twice.")
    headline = _headline(shape.headline, texts[0], language)
    _require_language([*texts, headline], language)
    sentences = tuple(
        SummarySentence(text, _existing(sentence.sources, numbers))
        for text, sentence in zip(texts, shape.sentences, strict=True)
    )
    return SummaryAnswer(headline, sentences)


def read_translations(
    completion: Completion, sources: Sequence[str], target: Language
) -> list[str]:
    """Return one translation for each of ``sources``, which were numbered from 1.

    Raises BadAnswer.
    """
    shape = _read(completion, _TranslationsShape)
    by_number = {translation.number: translation.text for translation in shape.translations}
    wanted = range(1, len(sources) + 1)
    if len(shape.translations) != len(sources) or sorted(by_number) != list(wanted):
        raise BadAnswer(f"It does not have each of the numbers 1 to {len(sources)} once.")
    texts = [
        _line(by_number[number], _LONGEST_RATIO * len(source) + _SPARE_CHARACTERS)
        for number, source in zip(wanted, sources, strict=True)
    ]
    _require_language(texts, target)
    return texts


def _headline(written: str, first: str, language: Language) -> str:
    """Return the model's headline, or one made of the first sentence where it is none."""
    if not written.strip() or len(written) > LONGEST_HEADLINE:
        return headline_from(first, language)
    return _line(written, LONGEST_HEADLINE)


def _existing(claimed: Sequence[object], numbers: int) -> tuple[int, ...]:
    valid = {number for number in claimed if type(number) is int and 1 <= number <= numbers}
    return tuple(sorted(valid))


def _read(completion: Completion, shape: type[Shape]) -> Shape:
    if not completion.whole:
        raise BadAnswer("It was cut at the limit of tokens.")
    found = first_object(completion.text)
    if found is None:
        raise BadAnswer("It holds no JSON object.")
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        raise BadAnswer("Its JSON object does not have the fields that were asked for.") from error


def _line(text: str, longest: int) -> str:
    try:
        line = canonical_line(text)
    except TextNotUnicode as error:
        raise BadAnswer("It holds half of a surrogate pair.") from error
    if not line:
        raise BadAnswer("One of its texts is empty.")
    if len(line) > longest:
        raise BadAnswer(f"One of its texts has {len(line)} characters, more than {longest}.")
    return line


def _require_language(texts: Sequence[str], language: Language) -> None:
    """Judge the whole, which is surer than the parts, and each part by its script."""
    wrong = f"It is not in {FACTS[language].english_name}."
    try:
        check_declared("\n".join(texts), language)
    except FieldInvalid as error:
        raise BadAnswer(wrong) from error
    if any(letters_of(text, language) < _LEAST_SCRIPT * all_letters(text) for text in texts):
        raise BadAnswer(wrong)
