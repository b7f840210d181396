import re
from html.parser import HTMLParser

import httpx
import pytest

from service.routes import desk

pytestmark = pytest.mark.anyio

PAGES = ("/", "/docs")
FOREIGN = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9.-]+", re.IGNORECASE)


class Markup(HTMLParser):
    """What a page says that matters to its policy: its elements, and the text of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inline: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in {"script", "style"} and data.strip():
            self.inline.append(data)

    @property
    def loaded(self) -> list[str]:
        return [
            str(attributes[name])
            for tag, attributes in self.elements
            for name in ("src", "href")
            if tag in {"script", "link", "img"} and name in attributes
        ]


@pytest.mark.parametrize("path", PAGES)
async def test_pages_come_with_a_strict_policy(client: httpx.AsyncClient, path: str):
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"


async def test_the_desk_lets_no_text_become_markup(client: httpx.AsyncClient):
    policy = (await client.get("/")).headers["content-security-policy"]
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy


@pytest.mark.parametrize("path", PAGES)
async def test_pages_hold_no_script_and_no_style_of_their_own(client: httpx.AsyncClient, path: str):
    markup = Markup((await client.get(path)).text)
    assert markup.inline == []
    assert "style" not in [tag for tag, _ in markup.elements]
    named = {name for _, attributes in markup.elements for name in attributes}
    assert {name for name in named if name == "style" or name.startswith("on")} == set()


@pytest.mark.parametrize("path", PAGES)
async def test_all_that_a_page_loads_is_here(client: httpx.AsyncClient, path: str):
    answer = await client.get(path)
    assert FOREIGN.findall(answer.text) == []
    loaded = Markup(answer.text).loaded
    assert len(loaded) >= 3
    for name in loaded:
        # Relative, so that the service may stand behind a path of another.
        assert not name.startswith("/")
        found = await client.get(f"/{name}")
        assert found.status_code == 200
        assert found.headers["x-content-type-options"] == "nosniff"


async def test_the_modules_that_scripts_import_are_here(client: httpx.AsyncClient):
    names, seen = ["desk.js"], set()
    while names:
        name = names.pop()
        seen.add(name)
        answer = await client.get(f"/desk/{name}")
        assert (answer.status_code, name) == (200, name)
        assert "javascript" in answer.headers["content-type"]
        assert FOREIGN.findall(answer.text) == []
        names += set(re.findall(r'from "\./([a-z]+\.js)"', answer.text)) - seen
    assert seen >= {"desk.js", "api.js", "canonical.js", "events.js"}


@pytest.mark.parametrize("path", [*PAGES, "/desk/desk.js", "/desk/swagger/swagger-ui.css"])
async def test_what_a_browser_has_is_not_sent_again(client: httpx.AsyncClient, path: str):
    etag = (await client.get(path)).headers["etag"]
    again = await client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/desk/none.js",
        "/desk/",
        "/desk/../app.py",
        "/desk/%2e%2e/app.py",
        "/desk/swagger/redoc.standalone.js",
        "/docs/oauth2-redirect",
    ],
)
async def test_nothing_else_is_served(client: httpx.AsyncClient, path: str):
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "page_unknown")


@pytest.mark.parametrize("path", PAGES)
async def test_pages_are_only_read(client: httpx.AsyncClient, path: str):
    assert (await client.head(path)).status_code == 200
    answer = await client.post(path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_refused")


async def test_the_pages_are_no_part_of_the_api(client: httpx.AsyncClient):
    described = (await client.get("/openapi.json")).json()
    assert [path for path in described["paths"] if path.startswith(("/desk", "/docs"))] == []
    assert "/" not in described["paths"]


def test_the_desk_uses_every_file_it_ships():
    # What no page and no module names would be served for nothing.
    files = {path.name: path for path in desk._FOLDER.iterdir()}
    named = "".join(path.read_text() for path in files.values()) + "index.html docs.html"
    assert {name for name in files if name not in named} == set()
