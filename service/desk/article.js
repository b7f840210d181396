/** The article as the service read it, with the source of a summary's sentence marked. */

import { element } from "./element.js";
import { textIn } from "./languages.js";

export class ArticleView {
  #root;
  #paragraphs = [];

  constructor(root) {
    this.#root = root;
  }

  /** Shows a canonical headline and body. `language` is null while it is not known. */
  show({ headline, body, language }) {
    let start = 0;
    this.#paragraphs = body.split("\n").map((text) => {
      const points = countPoints(text);
      const paragraph = { node: element("p", {}, text), text, start, end: start + points };
      start += points + 1;
      return paragraph;
    });
    const title = headline ? [element("h3", {}, headline)] : [];
    this.setLanguage(language);
    this.#root.replaceChildren(...title, ...this.#paragraphs.map(({ node }) => node));
    this.#root.scrollTop = 0;
  }

  /** Sets the direction and the typeface, once the language is known. */
  setLanguage(language) {
    const { lang, dir } = textIn(language);
    this.#root.lang = lang ?? "";
    this.#root.dir = dir;
  }

  /** Marks spans, given in code points of the body, and brings the first into view. */
  mark(spans) {
    for (const paragraph of this.#paragraphs) {
      const within = spans
        .filter(({ start, end }) => start < paragraph.end && end > paragraph.start)
        .sort((one, other) => one.start - other.start);
      paragraph.node.replaceChildren(...pieces(paragraph, within));
    }
    const first = this.#root.querySelector("mark");
    if (first) {
      this.#reveal(first);
    }
  }

  #reveal(mark) {
    // Only the article scrolls: the sentence that was chosen stays where the reader sees it.
    const view = this.#root.getBoundingClientRect();
    const box = mark.getBoundingClientRect();
    if (box.top < view.top || box.bottom > view.bottom) {
      this.#root.scrollTop += box.top - view.top - view.height / 4;
    }
  }
}

function pieces({ text, start }, spans) {
  const made = [];
  let at = 0;
  for (const span of spans) {
    const from = Math.max(at, unitIndex(text, span.start - start));
    const to = unitIndex(text, span.end - start);
    if (to > from) {
      made.push(text.slice(at, from), element("mark", {}, text.slice(from, to)));
      at = to;
    }
  }
  return [...made, text.slice(at)].filter((piece) => piece !== "");
}

function countPoints(text) {
  let count = 0;
  for (const _ of text) {
    count += 1;
  }
  return count;
}

/** Returns where the code point number `point` begins, in the UTF-16 units that strings count. */
function unitIndex(text, point) {
  let unit = 0;
  for (let passed = 0; passed < point && unit < text.length; passed += 1) {
    unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
  }
  return unit;
}
