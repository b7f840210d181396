"""The desk page before the whole service: Redis, a worker and the API as processes of their own."""

from pathlib import Path

from khabar.settings import Settings
from service.embedded.stack import Stack
from tests.browser.chromium import Chromium

SAMPLE = Path(__file__).parents[2] / "service" / "samples" / "article.txt"
ENGLISH = "[data-language=en]"


def words(text: str) -> set[str]:
    return set(text.lower().split())


def test_an_article_is_summarised_and_its_sources_are_marked(chromium: Chromium, tmp_path: Path):
    with Stack(Settings(var_folder=tmp_path / "var", port=0)) as stack:
        page = chromium.open(f"{stack.url}/")
        page.fill("#text", SAMPLE.read_text(encoding="utf-8"))
        page.click("#submit")
        page.wait("document.querySelectorAll('.card').length === 3")
        # Which languages have a model is the machine's own; every one of them ends.
        page.wait("document.querySelector('#cancel').hidden")
        assert "Ready" in page.texts(f"{ENGLISH} .badge")
        sentences = page.texts(f"{ENGLISH} .sentence")
        assert len(sentences) >= 2
        for number, sentence in enumerate(sentences, start=1):
            page.click(f"{ENGLISH} li:nth-child({number}) .sentence")
            marked = words(" ".join(page.texts("mark")))
            assert len(words(sentence) & marked) > len(words(sentence)) / 2
        assert page.complaints == []
        again = chromium.open(f"{stack.url}/{page.run('location.hash')}")
        again.wait(f"document.querySelectorAll('{ENGLISH} .sentence').length > 0")
        assert again.texts(f"{ENGLISH} .sentence") == sentences
        chromium.close_pages()
