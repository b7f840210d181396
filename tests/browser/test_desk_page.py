"""An editor's way through the desk page."""

import asyncio
import json
import re

import pytest

from khabar.article import article_hash
from khabar.canonical import canonical_text
from khabar.errors import ModelMissing
from khabar.languages import Language
from khabar.settings import Settings
from khabar.store.api_keys import KeyRing
from khabar.store.connection import service_connection
from tests.browser.chromium import Open, Page
from tests.browser.hands import HEADLINES, SENTENCES, Hands
from tests.service.articles import RUSSIAN_TEXT, TEXT

ENGLISH, RUSSIAN, ARABIC = Language.ENGLISH, Language.RUSSIAN, Language.ARABIC


def card(language: Language) -> str:
    return f"[data-language={language}]"


def state(language: Language) -> str:
    return f"document.querySelector('{card(language)}').dataset.state"


def send(page: Page, text: str = TEXT, headline: str = "Ferry terminal opens later") -> None:
    page.fill("#headline", headline)
    page.fill("#text", text)
    page.click("#submit")
    page.wait("!document.querySelector('#results').hidden")


def test_summaries_appear_one_by_one(open_page: Open, hands: Hands):
    page = open_page()
    send(page)
    assert page.texts(".card .badge") == ["Waiting"] * 3
    english = hands.take(ENGLISH)
    page.wait(f"{state(ENGLISH)} === 'running'")
    hands.finish(english)
    page.wait(f"{state(ENGLISH)} === 'done'")
    assert page.text(f"{card(ENGLISH)} .headline") == HEADLINES[ENGLISH]
    assert page.texts(f"{card(ENGLISH)} .sentence") == list(SENTENCES[ENGLISH])
    assert "CC-BY-4.0" in page.text(f"{card(ENGLISH)} .provenance")
    assert page.run(state(ARABIC)) == "queued"
    for language in (ARABIC, RUSSIAN):
        hands.finish(hands.take(language))
    page.wait("document.querySelector('#cancel').hidden")
    assert page.text("#progress").endswith("3 of 3 ready.")
    arabic = f"document.querySelectorAll('{card(ARABIC)} :is(.headline, .sentences)')"
    assert page.run(f"Array.from({arabic}, ({{lang, dir}}) => [lang, dir])") == [["ar", "rtl"]] * 2
    # What is absent is left out, not written as null or undefined.
    assert not re.search("null|undefined|NaN|object", page.text("#results"))
    assert page.complaints == []


def test_a_failed_check_and_a_failed_language_are_plain_to_see(open_page: Open, hands: Hands):
    page = open_page()
    send(page)
    hands.finish(hands.take(ENGLISH), review="The article says 400, the summary 40.")
    missing = ModelMissing("No model translates English to Arabic.", hint="Install one.")
    hands.fail(hands.take(ARABIC), missing.record())
    page.wait(f"{state(ENGLISH)} === 'done' && {state(ARABIC)} === 'failed'")
    assert page.texts(f"{card(ENGLISH)} .badge") == ["Ready", "Needs review"]
    assert page.texts(".checks") == ["numbers: The article says 400, the summary 40."]
    assert page.text(f"{card(ARABIC)} .problem").split("\n") == [missing.message, missing.hint]


@pytest.mark.parametrize("by_mouse", [True, False])
def test_a_sentence_marks_its_source(open_page: Open, hands: Hands, by_mouse: bool):
    # One code point outside the basic plane and much white space: no offset is what was typed.
    text = TEXT.replace("The harbour", "\ufeff\U0001f6a2  The   harbour").replace("\n", "\r\n\r\n")
    page = open_page()
    send(page, text)
    for language in (ENGLISH, RUSSIAN, ARABIC):
        hands.finish(hands.take(language))
    page.wait(f"{state(ARABIC)} === 'done'")
    paragraphs = canonical_text(text).split("\n")
    for number in (1, 0):
        sentence = f"{card(ARABIC)} li:nth-child({number + 1}) .sentence"
        if by_mouse:
            page.click(sentence)
        else:
            page.run(f"document.querySelector('{sentence}').focus()")
        assert page.texts("mark") == [paragraphs[number]]
        assert page.run("document.querySelectorAll('[aria-pressed=true]').length") == 1
    assert page.texts("#article p") == paragraphs


def test_the_article_view_and_the_hash_are_those_of_the_service(open_page: Open):
    page = open_page()
    texts = [
        "one\u2028two\x0bthree\x85four",
        "  a\u00a0\u3000b\tc \u202f\n\n d",
        "e\u0301 \u0623\u0654 \u0439 \u1112\u1161\u11ab",
        "\ufeff\u202bshalom\u202c soft\u00adhyphen zero\u200bwidth",
        "a\u200cb\u200dc\u200ed\u200fe\u061cf",
        "\x00\x07\x1fdel\x7f\x9f",
        "q" + "\u0301\u0323\u0345" * 40,
        '"quoted" \\ \U0001f600',
    ]
    read = page.run(
        "import('/desk/canonical.js').then(async ({canonicalText, articleHash}) => "
        f"Promise.all({json.dumps(texts)}.map(async (raw) => "
        "[canonicalText(raw), await articleHash('h', canonicalText(raw))])))"
    )
    wanted = [canonical_text(text) for text in texts]
    assert read == [[text, article_hash("h", text)] for text in wanted]


def test_a_summary_is_found_again_by_the_address(open_page: Open, hands: Hands):
    page = open_page()
    send(page)
    for language in (ENGLISH, RUSSIAN, ARABIC):
        hands.finish(hands.take(language))
    page.wait(f"{state(ARABIC)} === 'done'")
    fragment = page.run("location.hash")
    assert re.fullmatch("#[0-9a-f]{64}", fragment)
    other = open_page(f"/{fragment}")
    other.wait("document.querySelectorAll('.card[data-state=done]').length === 3")
    assert other.texts(f"{card(RUSSIAN)} .sentence") == list(SENTENCES[RUSSIAN])
    assert "From the cache" in other.texts(".badge")
    # The text is not kept by the address, so there is no article to mark.
    assert other.run("document.querySelector('#article').hidden")


def test_a_hash_nobody_knows(open_page: Open):
    page = open_page()
    page.fill("#hash", "0" * 64)
    page.press("Enter")
    page.wait("!document.querySelector('#alert').hidden")
    assert "never seen" in page.text("#alert")


def test_an_error_stands_at_its_field(open_page: Open):
    page = open_page()
    page.fill("#text", "12345 67890")
    page.click("#submit")
    page.wait("!document.querySelector('#text-problem').hidden")
    assert "no word" in page.text("#text-problem")
    assert "Send the body of the article." in page.text("#text-problem")
    assert page.run("document.activeElement.id") == "text"
    assert page.run("document.querySelector('#text').getAttribute('aria-invalid')") == "true"
    page.click("[name=languages][value=en]")
    page.click("[name=languages][value=ru]")
    page.click("[name=languages][value=ar]")
    page.click("#submit")
    page.wait("!document.querySelector('#languages-problem').hidden")
    assert page.run("document.querySelector('#text-problem').hidden")


def test_markup_stays_text(open_page: Open, hands: Hands):
    page = open_page()
    markup = "<img src=x onerror=alert(1)> " + TEXT
    send(page, markup, headline="<b>Bold</b>")
    hands.finish(hands.take(ENGLISH), review="<script>alert(1)</script>")
    page.wait(f"{state(ENGLISH)} === 'done'")
    assert page.text("#article h3") == "<b>Bold</b>"
    assert page.text(".checks").endswith("<script>alert(1)</script>")
    assert page.run("document.querySelectorAll('#desk img, #desk b, #desk script').length") == 0


def test_the_keyboard_is_enough(open_page: Open, hands: Hands):
    page = open_page()
    page.fill("#text", RUSSIAN_TEXT)
    for _ in range(20):
        page.press("Tab")
        if page.run("document.activeElement.id") == "submit":
            break
    page.press("Enter")
    page.wait("!document.querySelector('#results').hidden")
    hands.finish(hands.take(RUSSIAN))
    page.wait(f"{state(RUSSIAN)} === 'done'")
    page.run("document.querySelector('#results-title').focus()")
    for _ in range(20):
        page.press("Tab")
        if page.run("document.activeElement.className") == "sentence":
            break
    assert page.texts("mark") == RUSSIAN_TEXT.split("\n")[:1]


CUT_THE_FIRST_STREAM = """
  window.resumedAt = []; window.parts = 0;
  const real = window.fetch;
  const cut = () => new TransformStream({transform(part, to) {
    window.parts += 1;
    to.enqueue(part);
    if (window.parts === 2) to.error(new TypeError("the connection is lost"));
  }});
  window.fetch = async (path, options) => {
    const answer = await real(path, options);
    if (!path.endsWith("/events")) return answer;
    window.resumedAt.push(options.headers.get("Last-Event-ID"));
    return resumedAt.length > 1 ? answer : new Response(answer.body.pipeThrough(cut()));
  };
  1
"""


def test_a_lost_stream_is_resumed(open_page: Open, hands: Hands):
    page = open_page()
    page.run(CUT_THE_FIRST_STREAM)
    send(page)
    page.wait("window.parts === 1")
    claim = hands.take(ENGLISH)
    page.wait("window.resumedAt.length === 2")
    hands.finish(claim)
    for language in (ARABIC, RUSSIAN):
        hands.finish(hands.take(language))
    page.wait("document.querySelectorAll('.card[data-state=done]').length === 3")
    first, second = page.run("window.resumedAt")
    assert first is None
    assert re.fullmatch(r"\d+-\d+", second)


def test_without_a_stream_it_asks_again(open_page: Open, hands: Hands):
    page = open_page()
    page.run(
        "const real = window.fetch; window.fetch = (path, options) => path.endsWith('/events') ?"
        "  Promise.reject(new TypeError('no streams')) : real(path, options); 1"
    )
    send(page)
    for language in (ENGLISH, ARABIC, RUSSIAN):
        hands.finish(hands.take(language))
    page.wait("document.querySelectorAll('.card[data-state=done]').length === 3")


def test_cancelling(open_page: Open):
    page = open_page()
    send(page)
    page.click("#cancel")
    page.wait("document.querySelectorAll('.card[data-state=cancelled]').length === 3")


@pytest.mark.parametrize("width", [360, 820, 1400])
def test_nothing_is_wider_than_the_screen(open_page: Open, hands: Hands, width: int):
    page = open_page(width=width)
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert page.run(overflow) <= 0
    send(page)
    for language in (ENGLISH, ARABIC, RUSSIAN):
        hands.finish(hands.take(language), review="A number differs.")
    page.wait("document.querySelectorAll('.card[data-state=done]').length === 3")
    assert page.run(overflow) <= 0


def test_the_description_of_the_api_is_drawn_from_here(open_page: Open, address: str):
    page = open_page("/docs")
    page.wait("document.querySelectorAll('.opblock').length > 5")
    assert page.complaints == []
    assert {at for at in page.requested() if not at.startswith(("data:", address))} == set()


class TestWithKeys:
    """The same page where a key is asked for."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        asked = settings.model_copy(update={"require_keys": True})
        self.token = asyncio.run(make_key(asked))
        return asked

    def test_a_key_is_asked_for_and_kept_for_the_tab(self, open_page: Open, hands: Hands):
        page = open_page()
        page.fill("#text", TEXT)
        page.click("#submit")
        page.wait("!document.querySelector('#key-problem').hidden")
        assert page.run("document.activeElement.id") == "key"
        page.call("Input.insertText", text=self.token)
        page.click("#submit")
        hands.finish(hands.take(ENGLISH))
        page.wait(f"document.querySelector('{card(ENGLISH)}') && {state(ENGLISH)} === 'done'")
        kept = "[Object.values(sessionStorage), Object.values(localStorage), document.cookie]"
        assert page.run(kept) == [[self.token], [], ""]


async def make_key(settings: Settings) -> str:
    connection = service_connection(settings.store_url)
    try:
        _, token = await KeyRing(connection).create("the desk")
    finally:
        await connection.aclose()
    return token
