"""A computation: the making of one summary, run once however many jobs wait for it."""

from khabar.identity import digest
from khabar.languages import Language
from khabar.queues import Stage
from khabar.summary import Length, Record


class Computation(Record):
    """What is to be made: one article in one language and length by one recipe.

    The summary in the article's own language comes first; a translation starts from it.
    """

    article_hash: str
    source_language: Language
    language: Language
    length: Length
    recipe: str
    fingerprint: str
    glossary: str = ""
    """The digest of an uploaded glossary, or "" for the one of the recipe's own file."""

    @property
    def id(self) -> str:
        """The identity of the summary that will come of it.

        The source language is left out: it follows from the article, which the hash covers. So are
        the recipe's name and the glossary, which the fingerprint covers.
        """
        return summary_id(self.article_hash, self.language, self.length, self.fingerprint)

    @property
    def stage(self) -> Stage:
        """The kind of work it is."""
        return Stage.SUMMARISE if self.language == self.source_language else Stage.TRANSLATE

    def source(self) -> "Computation":
        """Return the computation of the summary this one starts from: itself, if it is that."""
        return self.model_copy(update={"language": self.source_language})


def summary_id(article_hash: str, language: Language, length: Length, fingerprint: str) -> str:
    """Return the identity of a summary, 64 hexadecimal digits."""
    return digest(
        "khabar-summary-1",
        {
            "article": article_hash,
            "language": language,
            "length": length,
            "fingerprint": fingerprint,
        },
    )
