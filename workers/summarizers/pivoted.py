"""A summary by way of another language, for a summarizer that writes only that one."""

from collections.abc import Sequence
from dataclasses import replace

from khabar.errors import EngineFailed, NothingToSummarise
from khabar.summary import Length, ModelUse
from workers.checks.table import is_degenerate, run_checks
from workers.decoding import firmer
from workers.protocols import Decoding, Draft, DraftSentence, Pair, Summarizer, Translator
from workers.text.document import Document

MOST_SENTENCES = 256
"""Sentences of an article that are translated, and so read: some 40 KB of news."""

SENTENCES_A_CALL = 32
"""Sentences given to the translator at once, which bounds the memory of a call."""


class PivotedSummarizer:
    """Translates the article, has it summarised, and translates the summary back.

    The positions of the sentences stay, so that the evidence for the summary is found in the
    article itself. Raises ValueError when it is made of two translators that do not lead back.
    """

    def __init__(
        self,
        to_pivot: Translator,
        summarizer: Summarizer,
        from_pivot: Translator,
        decoding: Decoding,
        *,
        most_sentences: int = MOST_SENTENCES,
    ) -> None:
        if (to_pivot.source, to_pivot.target) != (from_pivot.target, from_pivot.source):
            msg = f"{to_pivot.source} is read, and {from_pivot.target} would be written."
            raise ValueError(msg)
        self._to_pivot = to_pivot
        self._summarizer = summarizer
        self._from_pivot = from_pivot
        self._decoding = decoding
        self._most_sentences = most_sentences

    @property
    def models(self) -> tuple[ModelUse, ...]:
        """The models of all three steps, each once."""
        steps = (*self._to_pivot.models, *self._summarizer.models, *self._from_pivot.models)
        return tuple(dict.fromkeys(steps))

    def summarise(self, document: Document, length: Length) -> Draft:
        """Return a draft in the language of the document, which is the one it was made for.

        Raises NothingToSummarise, ModelMissing and EngineFailed as the summarizer does, and
        EngineFailed where the way back leads to nothing.
        """
        draft = self._summarizer.summarise(self._translated(document), length)
        texts = [sentence.text for sentence in draft.sentences]
        lines = self._translate(texts, self._from_pivot)
        sentences = tuple(
            DraftSentence(line, sentence.sources)
            for line, sentence in zip(lines, draft.sentences, strict=True)
            if line
        )
        if not sentences:
            raise EngineFailed("The translation of the summary is empty.")
        headline = document.headline or self._translate([draft.headline], self._from_pivot)[0]
        return Draft(headline, sentences, draft.sentences_read)

    def _translated(self, document: Document) -> Document:
        """Return what will be read of the document, in the language between."""
        read = document.sentences[: self._most_sentences]
        if not read:
            raise NothingToSummarise("No sentence of the article holds a word.")
        texts = self._translate([sentence.text for sentence in read], self._to_pivot)
        sentences = tuple(
            replace(sentence, text=text) for sentence, text in zip(read, texts, strict=True)
        )
        return replace(document, language=self._to_pivot.target, headline=None, sentences=sentences)

    def _translate(self, texts: Sequence[str], translator: Translator) -> list[str]:
        """Return the translations; one that is degenerate is made again, firmer."""
        written = _in_calls(texts, translator, self._decoding)
        poor = [
            place for place, text in enumerate(texts) if _is_poor(text, written[place], translator)
        ]
        again = _in_calls([texts[place] for place in poor], translator, firmer(self._decoding))
        for place, text in zip(poor, again, strict=True):
            if not _is_poor(texts[place], text, translator):
                written[place] = text
        return written


def _in_calls(texts: Sequence[str], translator: Translator, decoding: Decoding) -> list[str]:
    return [
        hypothesis.text.strip()
        for start in range(0, len(texts), SENTENCES_A_CALL)
        for hypothesis in translator.translate(texts[start : start + SENTENCES_A_CALL], decoding)
    ]


def _is_poor(source: str, output: str, translator: Translator) -> bool:
    pair = Pair(source, translator.source, output, translator.target)
    return is_degenerate(run_checks(pair))
