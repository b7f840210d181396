"""HTML to plain text, one paragraph a line.

Everything that may be a part of the story is kept: to lose a paragraph is worse than to keep a
caption. libxml2 reads the markup as a stream of events; the parsers that build an HTML5 tree repair
hostile markup in quadratic time and space (docs/decisions/0001-html-to-text.md).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no annotations.

from khabar.canonical import require_unicode

# Each of these begins and ends a line.
_BLOCK_NAMES = (
    "address article aside blockquote br caption center dd details dialog dir div dl dt "
    "fieldset figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav "
    "ol p pre section summary table tr ul xmp"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# What these hold is no part of a story. A form is not among them: some systems put the whole page
# into one; what a form asks is.
_DROPPED_NAMES = (
    "applet aside audio button canvas datalist del figcaption footer head iframe label legend "
    "map math meter nav noembed noframes noscript object optgroup option output progress rp "
    "rt script select style svg template textarea title video"
)
_DROPPED = frozenset(_DROPPED_NAMES.split())
_DROPPED_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search"})
_PREFORMATTED = frozenset({"listing", "pre", "xmp"})
# What a browser draws at the beginning and the end of an inline element.
_DRAWN = {"q": '"', "td": " ", "th": " "}
# Elements that hold the story of a page, the narrower first.
_STORIES = ("article", "main")

_PAGE = re.compile(r"<(?:html|body|head|!doctype)\b", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"<(?:{'|'.join(sorted(_BLOCKS))})\b", re.IGNORECASE)
_WHITE_SPACE = str.maketrans("\t\n\f\r", "    ")
_NOT_MARKUP = {0x0000: None, 0xFEFF: None}

# An end tag without its start tag makes libxml2 search through all open elements. No page nests
# this deep; where markup does, a new parser goes on, and the search stays short.
_MAX_DEPTH = 2_000
_CHUNK_CHARACTERS = 4_096


def html_to_text(html: str) -> str:
    """Return the text of a page or a fragment, one paragraph a line.

    Block elements, ``<br>`` and the lines of ``<pre>`` make paragraphs; where there is no block
    element at all, the lines of the source do. Scripts, navigation, captions of figures, asides,
    footers and the controls of forms are left out. Of a whole page only its one ``<article>`` or
    ``<main>`` is taken, if that holds most of the text. The title of a page is left out, ``<h1>``
    stays: neither is taken for the headline. The result is not yet canonical.

    Takes time linear in the length, however deep the nesting. Raises TextNotUnicode.
    """
    require_unicode(html, "html")
    story = _Story(is_page=bool(_PAGE.search(html)), keeps_lines=not _BLOCK_TAG.search(html))
    parser = _parser(story)
    for chunk in _chunks(html.translate(_NOT_MARKUP)):
        parser.feed(chunk.encode("utf-8"))
        if len(story.open) > _MAX_DEPTH:
            _finish(parser, story)
            parser = _parser(story)
    _finish(parser, story)
    return story.text()


@dataclass(slots=True)
class _Story:
    """Collects the text while the parser tells what begins and ends (lxml's target interface)."""

    is_page: bool
    keeps_lines: bool
    pieces: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    dropped_at: int | None = None
    preformatted: int = 0
    stories: dict[str, list[slice]] = field(default_factory=lambda: {name: [] for name in _STORIES})
    begun: dict[str, int] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note that an element begins."""
        self.open.append(tag)
        if self.dropped_at is not None:
            return
        if self._is_dropped(tag, attributes):
            self.dropped_at = len(self.open)
        self._mark(tag)
        self.preformatted += tag in _PREFORMATTED
        if tag in self.stories and tag not in self.begun:
            self.begun[tag] = len(self.pieces)

    def end(self, tag: str) -> None:
        """Note that the element begun last ends."""
        depth = len(self.open)
        self.open.pop()
        if self.dropped_at is not None and depth > self.dropped_at:
            return
        self.dropped_at = None
        self._mark(tag)
        self.preformatted -= tag in _PREFORMATTED
        if tag in self.begun and tag not in self.open:
            self.stories[tag].append(slice(self.begun.pop(tag), len(self.pieces)))

    def data(self, text: str) -> None:
        """Take a piece of text."""
        if self.dropped_at is None:
            keeps_lines = self.keeps_lines or self.preformatted
            self.pieces.append(text if keeps_lines else text.translate(_WHITE_SPACE))

    def close(self) -> None:
        """Take no notice that the parser has ended: another may go on."""

    def text(self) -> str:
        """Return what was collected, narrowed to the story if the page marks it."""
        whole = "".join(self.pieces)
        for slices in self.stories.values():
            if self.is_page and len(slices) == 1:
                story = "".join(self.pieces[slices[0]])
                if 2 * len(story.split()) >= len(whole.split()):
                    return story
        return whole

    def _is_dropped(self, tag: str, attributes: dict[str, str]) -> bool:
        if tag in _DROPPED or "hidden" in attributes:
            return True
        # The header of a page holds its name and menus, that of an article its headline.
        if tag == "header":
            return self.is_page and not self.begun
        return attributes.get("role") in _DROPPED_ROLES

    def _mark(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _DRAWN:
            self.pieces.append(_DRAWN[tag])


def _parser(story: _Story) -> etree.HTMLParser:
    # The encoding is ours, whatever a <meta> in the page may say.
    parser = etree.HTMLParser(target=story, encoding="utf-8", huge_tree=True)
    # A parser that has met no element refuses to end.
    parser.feed(b"<body>")
    return parser


def _finish(parser: etree.HTMLParser, story: _Story) -> None:
    """End the parser and all elements still open."""
    parser.close()
    while story.open:
        story.end(story.open[-1])


def _chunks(html: str) -> Iterator[str]:
    """Cut markup before tags, into parts of about ``_CHUNK_CHARACTERS``."""
    start = 0
    while start < len(html):
        end = html.find("<", start + _CHUNK_CHARACTERS)
        end = len(html) if end < 0 else end
        yield html[start:end]
        start = end
