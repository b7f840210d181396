"""What the fuzzer calls: any bytes in, and either a good result or an error of the tree.

The first byte chooses the language and whether bytes that are no UTF-8 become lone surrogates.
"""

from collections.abc import Callable

from khabar.article import Article
from khabar.canonical import canonical_line, canonical_text
from khabar.errors import KhabarError, TextNotUnicode
from khabar.languages import Language
from khabar.markup import html_to_text
from workers.text.prepare import prepare


def _read(data: bytes) -> tuple[Language, str]:
    choice, rest = (data[0], data[1:]) if data else (0, b"")
    errors = "surrogateescape" if choice >= 0xF0 else "replace"
    return tuple(Language)[choice % len(Language)], rest.decode("utf-8", errors)


def html(data: bytes) -> None:
    """Markup becomes text that can be made canonical, once and for all."""
    _, markup = _read(data)
    try:
        body = canonical_text(html_to_text(markup), "html")
    except TextNotUnicode:
        return
    assert canonical_text(body) == body
    try:
        Article.receive(html=markup)
    except KhabarError:
        return


def text(data: bytes) -> None:
    """A canonical text stays as it is, and its hash stays the same under other white space."""
    _, raw = _read(data)
    try:
        body = canonical_text(raw)
    except TextNotUnicode:
        return
    assert canonical_text(body) == body
    assert canonical_line(canonical_line(raw)) == canonical_line(raw)
    try:
        article = Article.receive(text=raw, headline=raw[:900])
    except KhabarError:
        return
    again = Article.receive(text=f"\n\t{article.body}\r\n", headline=article.headline)
    assert again.article_hash == article.article_hash
    assert Article.model_validate_json(article.model_dump_json()) == article


def document(data: bytes) -> None:
    """The sentences of a document stand in the body, in order, and none lies in another."""
    language, raw = _read(data)
    headline, _, rest = raw.partition("\n")
    try:
        body = canonical_text(rest)
        title = canonical_line(headline) or None
    except TextNotUnicode:
        return
    found = prepare(body, title, language)
    end = 0
    for number, sentence in enumerate(found.sentences):
        assert end <= sentence.start < sentence.end <= len(body)
        assert sentence.text.strip()
        before = found.sentences[number - 1].paragraph if number else 0
        assert sentence.paragraph in {before, before + 1} if number else sentence.paragraph == 0
        end = sentence.end


TARGETS: dict[str, Callable[[bytes], None]] = {"html": html, "text": text, "document": document}
