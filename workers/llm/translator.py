"""Translations that a language model writes, with a desk's own terms."""

from collections.abc import Iterator, Sequence

from khabar.glossary import NO_TERMS, Glossary
from khabar.languages import Language
from khabar.summary import ModelUse
from workers.llm.answers import read_translations
from workers.llm.chat import ChatModel
from workers.llm.conversation import ask
from workers.llm.prompts import translation_messages, translation_schema
from workers.protocols import Decoding, Hypothesis

# A request of more than so many sentences or characters invites a model to skip some.
_MOST_SENTENCES = 16
_MOST_CHARACTERS = 6_000
# Tokens beyond those of the sentences: the JSON around them, and what some models think before.
_SPARE_TOKENS = 2048
# The API's own bound.
_HIGHEST_PENALTY = 2.0


class LlmTranslator:
    """Asks a language model for translations between two fixed languages.

    The server tells neither the tokens of a sentence nor their probabilities: the hypotheses count
    words, and have a score of 0. ``Decoding.max_length`` is counted for each sentence of a request.
    """

    def __init__(
        self,
        model: ChatModel,
        source: Language,
        target: Language,
        models: tuple[ModelUse, ...],
        glossary: Glossary = NO_TERMS,
    ) -> None:
        self._model = model
        self._source = source
        self._target = target
        self._models = models
        self._glossary = glossary

    @property
    def source(self) -> Language:
        """The language it reads."""
        return self._source

    @property
    def target(self) -> Language:
        """The language it writes."""
        return self._target

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The model that takes part."""
        return self._models

    def translate(self, sentences: Sequence[str], decoding: Decoding) -> list[Hypothesis]:
        """Return one translation for each sentence, in order; white space gives an empty one.

        Raises EngineFailed and ModelMissing.
        """
        texts = [sentence.strip() for sentence in sentences]
        asked = [position for position, text in enumerate(texts) if text]
        written = dict.fromkeys(range(len(texts)), "")
        for group in _groups(asked, texts):
            translations = self._ask([texts[position] for position in group], decoding)
            written.update(zip(group, translations, strict=True))
        return [
            Hypothesis(text, len(text.split()), finished=True, score=0.0)
            for text in written.values()
        ]

    def _ask(self, texts: Sequence[str], decoding: Decoding) -> list[str]:
        terms = self._glossary.terms_in("\n".join(texts), self._source, self._target)
        return ask(
            self._model,
            translation_messages(texts, self._source, self._target, terms),
            translation_schema(len(texts)),
            lambda completion: read_translations(completion, texts, self._target),
            max_tokens=decoding.max_length * len(texts) + _SPARE_TOKENS,
            frequency_penalty=_frequency_penalty(decoding),
        )


def _frequency_penalty(decoding: Decoding) -> float:
    """Return the API's own means against repetition; 0 does nothing, as 1 does for an engine."""
    return round(min(_HIGHEST_PENALTY, decoding.repetition_penalty - 1), 3)


def _groups(positions: Sequence[int], texts: Sequence[str]) -> Iterator[list[int]]:
    group: list[int] = []
    characters = 0
    for position in positions:
        length = len(texts[position])
        full = len(group) == _MOST_SENTENCES or characters + length > _MOST_CHARACTERS
        if group and full:
            yield group
            group, characters = [], 0
        group.append(position)
        characters += length
    if group:
        yield group
