"""Summaries that a language model writes, with the sentences that it says they rest on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from khabar.errors import EngineFailed, NothingToSummarise
from khabar.languages import Language
from khabar.summary import Length, ModelUse
from workers.llm.answers import SummaryAnswer, read_summary
from workers.llm.chat import ChatModel
from workers.llm.conversation import ask
from workers.llm.prompts import summary_messages, summary_schema
from workers.protocols import Decoding, Draft, DraftSentence
from workers.summarizers.lengths import COUNTS, LONGEST
from workers.text.document import Document

# Characters a token, low enough that no tokenizer seen makes more tokens of a text.
_CHARACTERS_A_TOKEN = {Language.ENGLISH: 3.0, Language.RUSSIAN: 2.0, Language.ARABIC: 1.5}
# Tokens beyond those of the sentences: the JSON around them, and what some models think before.
_SPARE_TOKENS = 2048
# An article longer than so many parts is read so far, and the summary tells.
_MOST_PARTS = 24


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """A text to be summarised, and the positions in the document of what it rests on."""

    text: str
    sources: tuple[int, ...]


class LlmSummarizer:
    """Asks a language model for a summary in the article's own language.

    An article of more than ``max_source_tokens`` is cut at sentence borders; its parts are
    summarised, and their summaries again, until they fit. ``Decoding.max_length`` is counted for
    each sentence of the summary.
    """

    def __init__(
        self,
        model: ChatModel,
        models: tuple[ModelUse, ...],
        decoding: Decoding,
        *,
        max_source_tokens: int = 6_000,
    ) -> None:
        self._model = model
        self._models = models
        self._decoding = decoding
        self._max_source_tokens = max_source_tokens

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The model that takes part."""
        return self._models

    def summarise(self, document: Document, length: Length) -> Draft:
        """Return a draft whose sentences name those of the article that the model named.

        Raises NothingToSummarise, EngineFailed and ModelMissing.
        """
        excerpts = [
            _Excerpt(sentence.text, (position,))
            for position, sentence in enumerate(document.sentences)
        ]
        different = {excerpt.text for excerpt in excerpts if any(map(str.isalnum, excerpt.text))}
        if not different:
            raise NothingToSummarise("No sentence of the article holds a word.")
        parts = self._parts(excerpts, document.language)[:_MOST_PARTS]
        read = sum(map(len, parts))
        while len(parts) > 1:
            parts = self._shortened(parts, document)
        headline, chosen = self._summarised(parts[0], document, COUNTS[length](len(different)))
        sentences = tuple(DraftSentence(one.text, one.sources) for one in chosen)
        return Draft(document.headline or headline, sentences, sentences_read=read)

    def _parts(self, excerpts: Sequence[_Excerpt], language: Language) -> list[list[_Excerpt]]:
        room = int(self._max_source_tokens * _CHARACTERS_A_TOKEN[language])
        return list(_split(excerpts, room))

    def _shortened(
        self, parts: Sequence[Sequence[_Excerpt]], document: Document
    ) -> list[list[_Excerpt]]:
        shorter = [
            excerpt
            for part in parts
            for excerpt in self._summarised(part, document, _fewer_than(len(part)))[1]
        ]
        again = self._parts(shorter, document.language)
        if len(again) >= len(parts):
            raise EngineFailed("The language model's summaries of the parts are too long.")
        return again

    def _summarised(
        self, excerpts: Sequence[_Excerpt], document: Document, count: int
    ) -> tuple[str, list[_Excerpt]]:
        texts = [excerpt.text for excerpt in excerpts]
        language = document.language
        answer: SummaryAnswer = ask(
            self._model,
            summary_messages(document.headline, texts, language, count),
            summary_schema(len(texts), count),
            lambda completion: read_summary(completion, len(texts), language, count),
            max_tokens=self._decoding.max_length * (count + 1) + _SPARE_TOKENS,
        )
        summary = [
            _Excerpt(sentence.text, _joined(excerpts, sentence.sources))
            for sentence in answer.sentences
        ]
        return answer.headline, summary


def _fewer_than(sentences: int) -> int:
    """Return how many sentences may stand for those of a part: half of them, and not too many."""
    return max(1, min(LONGEST, sentences // 2))


def _joined(excerpts: Sequence[_Excerpt], numbers: Sequence[int]) -> tuple[int, ...]:
    """Return the positions that the excerpts of these numbers rest on."""
    return tuple(sorted({at for number in numbers for at in excerpts[number - 1].sources}))


def _split(excerpts: Sequence[_Excerpt], room: int) -> Iterator[list[_Excerpt]]:
    """Yield runs of excerpts of at most ``room`` characters; one that is longer stands alone."""
    part: list[_Excerpt] = []
    characters = 0
    for excerpt in excerpts:
        if part and characters + len(excerpt.text) > room:
            yield part
            part, characters = [], 0
        part.append(excerpt)
        characters += len(excerpt.text)
    yield part
