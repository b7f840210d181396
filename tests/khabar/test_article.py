import hashlib
import html as html_module
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from khabar.article import Article, article_hash
from khabar.errors import ArticleEmpty, FieldInvalid, TextNotUnicode
from khabar.languages import Language

VECTORS = json.loads(
    (Path(__file__).parents[2] / "docs" / "article-hash-vectors.json").read_text("utf-8")
)["vectors"]

words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)
paragraphs = st.lists(st.lists(words, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=5)
spaces = st.sampled_from([" ", "\t", "  ", "\u00a0", "\u2003 "])
borders = st.sampled_from(["\n", "\r\n", "\n\n", " \r \n", "\u2029"])


def canonical_by_the_page(raw: str) -> str:
    """Follow docs/article-hash.md step by step, without the product's code."""
    text = re.sub("[\n-\r\x85\u2028\u2029]", "\n", raw).replace("\t", " ")
    removed = "[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff\u202a-\u202e\u2066-\u2069\u00ad\u200b\u2060]"
    text = unicodedata.normalize("NFC", re.sub(removed, "", text))
    white = "[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+"
    lines = (re.sub(white, " ", line).strip(" ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def hash_by_the_page(headline: str | None, body: str) -> str:
    """Follow docs/article-hash.md step by step, without the product's code."""

    def quoted(text: str) -> str:
        escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
        return '"' + "".join(escapes.get(char, char) for char in text) + '"'

    title = canonical_by_the_page(headline or "").replace("\n", " ")
    content = (
        f'{{"body":{quoted(canonical_by_the_page(body))},"headline":{quoted(title)}}}'.encode()
    )
    data = b"16:khabar-article-1," + str(len(content)).encode() + b":" + content + b","
    return hashlib.sha256(data).hexdigest()


def receive(vector: dict[str, Any]) -> Article:
    return Article.receive(
        headline=vector["headline"], text=vector.get("text"), html=vector.get("html")
    )


def test_the_vectors_are_many() -> None:
    assert len(VECTORS) >= 12


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_the_published_vectors_hold(vector: dict[str, Any]) -> None:
    article = receive(vector)

    assert article.body == vector["canonical_body"]
    assert (article.headline or "") == vector["canonical_headline"]
    assert article.article_hash == vector["hash"]
    assert hash_by_the_page(vector["headline"], vector.get("text", article.body)) == vector["hash"]


@given(st.text(), st.one_of(st.none(), st.text(max_size=200)))
def test_the_page_describes_the_program(text: str, headline: str | None) -> None:
    assume(any(map(str.isalpha, canonical_by_the_page(text))))
    article = Article.receive(text=text, headline=headline)

    assert article.body == canonical_by_the_page(text)
    assert article.article_hash == hash_by_the_page(headline, text)


@given(paragraphs, st.lists(spaces, min_size=1), st.lists(borders, min_size=1), st.data())
def test_white_space_and_metadata_do_not_change_the_hash(
    story: list[str], gaps: list[str], ends: list[str], data: st.DataObject
) -> None:
    story = ["Story", *story]
    plain = Article.receive(text="\n".join(story), headline="A headline")
    spaced = "".join(
        paragraph.replace(" ", data.draw(st.sampled_from(gaps))) + data.draw(st.sampled_from(ends))
        for paragraph in story
    )
    other = Article.receive(
        text=spaced, headline=" A  headline\n", language=Language.RUSSIAN, guid="urn:x", version="7"
    )

    assert other.article_hash == plain.article_hash


@given(paragraphs)
def test_html_around_paragraphs_does_not_change_the_hash(story: list[str]) -> None:
    story = ["Story", *story]
    plain = Article.receive(text="\n".join(story))
    markup = "".join(f"<p>{html_module.escape(paragraph)}</p>\n" for paragraph in story)

    assert Article.receive(html=markup).article_hash == plain.article_hash
    page = f"<html><head><title>T</title></head><body><nav>Home</nav>{markup}</body></html>"
    assert Article.receive(html=page).article_hash == plain.article_hash


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_one_other_digit_is_another_hash(first: int, second: int) -> None:
    assume(first != second)

    assert article_hash(None, f"It cost {first}.") != article_hash(None, f"It cost {second}.")
    assert article_hash(f"{first} lost", "Body") != article_hash(f"{second} lost", "Body")


def test_what_moves_between_headline_and_body_changes_the_hash() -> None:
    assert article_hash("ab", "c") != article_hash("a", "bc")
    assert article_hash('","headline":"', "a") != article_hash("", 'a","headline":"')


@pytest.mark.parametrize(("text", "html"), [(None, None), ("a", "<p>a")])
def test_an_article_is_text_or_html(text: str | None, html: str | None) -> None:
    with pytest.raises(FieldInvalid) as caught:
        Article.receive(text=text, html=html)

    assert caught.value.field == "text"
    assert caught.value.limit == "exactly one of text and html"


@pytest.mark.parametrize("text", ["", " \n\t", "\ufeff", "...", "12:40"])
def test_an_article_has_words(text: str) -> None:
    with pytest.raises(ArticleEmpty) as caught:
        Article.receive(text=text)

    assert caught.value.field == "text"


def test_an_empty_page_names_the_html() -> None:
    with pytest.raises(ArticleEmpty) as caught:
        Article.receive(html="<html><head><title>Title</title></head><body></body></html>")

    assert caught.value.field == "html"


def test_a_body_in_the_headline_is_refused() -> None:
    with pytest.raises(FieldInvalid) as caught:
        Article.receive(text="Body", headline="long " * 300)

    assert (caught.value.field, caught.value.limit, caught.value.given) == ("headline", 1000, 1499)


@pytest.mark.parametrize("field", ["text", "html", "headline"])
def test_a_lone_surrogate_names_its_field(field: str) -> None:
    sent = {"text": "Body", field: "a\udfff"}
    if field == "html":
        del sent["text"]

    with pytest.raises(TextNotUnicode) as caught:
        Article.receive(**sent)  # type: ignore[arg-type]

    assert caught.value.field == field


def test_an_empty_headline_is_none() -> None:
    assert Article.receive(text="Body", headline=" \n ").headline is None


def test_a_headline_in_the_html_stays_in_the_body() -> None:
    article = Article.receive(html="<h1>Title</h1><p>Body.</p>")

    assert article.headline is None
    assert article.body == "Title\nBody."


def test_an_article_cannot_hold_a_body_that_is_not_canonical() -> None:
    article = Article(headline=" a\nb ", body=" one \r\n\r\n two ")

    assert (article.headline, article.body) == ("a b", "one\ntwo")


def test_an_article_survives_json() -> None:
    article = Article.receive(text="Body", headline="H", language=Language.ENGLISH, url="http://x/")

    assert Article.model_validate_json(article.model_dump_json()) == article
