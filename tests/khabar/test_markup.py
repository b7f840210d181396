import html as html_module
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khabar.canonical import canonical_text
from khabar.errors import TextNotUnicode
from khabar.markup import html_to_text


def text_of(html: str) -> str:
    return canonical_text(html_to_text(html))


STORY = ["Паром «Эвксин» вышел в море.", 'She said: "5 < 6 & 7 > 4".', "وصل الوفد إلى عمان."]
ESCAPED = [html_module.escape(paragraph) for paragraph in STORY]


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<p>{paragraph}</p>" for paragraph in ESCAPED),
        "\n".join(f"<P CLASS=x>{paragraph}" for paragraph in ESCAPED),
        "".join(f"<div>\n  {paragraph}\n</div>" for paragraph in ESCAPED),
        "<br>".join(ESCAPED),
        "<br/><br />".join(ESCAPED),
        "<ul><li>" + "<li>".join(ESCAPED) + "</ul>",
        "<table><tr><td>" + "</td></tr><tr><td>".join(ESCAPED) + "</table>",
        "<pre>" + "\n".join(ESCAPED) + "</pre>",
        "\n".join(ESCAPED),
        "<b>" + "</b>\n<b>".join(ESCAPED) + "</b>",
        "<form id=aspnet><p>" + "<p>".join(ESCAPED) + "<label>Your name</label></form>",
        "<!doctype html><html><head><title>Title</title><style>p{}</style></head><body>"
        "<header><p>Daily</p></header><nav><ul><li>Home</ul></nav><main><article>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in ESCAPED)
        + "<figure><img alt=x><figcaption>Photo</figcaption></figure><aside>More</aside></article>"
        "<section><h2>Most read</h2></section></main><footer>© Daily</footer>"
        "<script>if (1 < 2) '<p>no</p>'</script></body></html>",
    ],
    ids=lambda html: html[:18],
)
def test_however_it_is_wrapped_a_story_is_the_same(html: str) -> None:
    assert text_of(html) == "\n".join(STORY)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_any_text_survives_its_paragraphs(paragraphs: list[str]) -> None:
    plain = [canonical_text(paragraph).replace("\n", " ") for paragraph in paragraphs]
    html = "".join(f"<p>{html_module.escape(paragraph)}</p>" for paragraph in plain)

    assert text_of(html) == canonical_text("\n".join(plain))


@given(st.text(st.sampled_from(list("<>/!-=\"'& apbi")), max_size=300))
def test_no_markup_is_too_broken_to_read(html: str) -> None:
    assert isinstance(html_to_text(html), str)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>the <a href='x>y'>old</a> <i>bri</i>dge", "the old bridge"),
        ("<p>caf&eacute; &mdash; &#1090;&#x435;&nbsp;x", "café — те x"),
        ("<p>a<!-- <p>no --><p>b", "a\nb"),
        ("<h1>Title</h1><p>Body", "Title\nBody"),
        ("<article><header><h1>Title</h1></header><p>Body</article>", "Title\nBody"),
        ("<p>He said <q>yes</q>.", 'He said "yes".'),
        ("<p>seen<p hidden>unseen<p>seen", "seen\nseen"),
        ("<div role=navigation>Home</div><p>Body", "Body"),
        ("<tr><td>Haifa<td>12<tr><td>Acre<td>9", "Haifa 12\nAcre 9"),
        ("<meta charset=windows-1251><p>Привет", "Привет"),
        ("<select><option>one</select>two", "two"),
        ("a < b and c", "a < b and c"),
        ("", ""),
        ("<!-- nothing -->", ""),
    ],
)
def test_elements(html: str, text: str) -> None:
    assert text_of(html) == text


def test_a_page_whose_article_is_a_teaser_is_taken_whole() -> None:
    page = "<html><body><article>Teaser</article><p>A long story stands outside it.</body></html>"

    assert text_of(page) == "Teaser\nA long story stands outside it."


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(TextNotUnicode):
        html_to_text("<p>\ud83d</p>")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>" * 100_000 + "x", "x"),
        ("<div>" * 100_000 + "x" + "</div>" * 100_000, "x"),
        ("<div>" * 100_000 + "</a>" * 100_000 + "x", "x"),
        ("<p>" + "".join(f"<b a={n}>" for n in range(20_000)) + "</p>" + "<p>x" * 20_000, None),
        ("<ul><li>" * 100_000 + "x", "x"),
        ("<p>" + "x " * 2_000_000, None),
        ("<!--" + "<x" * 500_000, ""),
        ("<a b='" + "<x" * 500_000, ""),
        ("<p " + "".join(f"a{n}=1 " for n in range(50_000)) + ">x", "x"),
    ],
    ids=[
        "open",
        "closed",
        "stray",
        "formatting",
        "lists",
        "long",
        "comment",
        "quote",
        "attributes",
    ],
)
def test_hostile_markup_takes_linear_time(html: str, text: str | None) -> None:
    began = time.process_time()
    found = text_of(html)

    assert time.process_time() - began < 5
    assert text is None or found == text
