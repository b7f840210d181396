/** One summary: its state, then its sentences with their evidence, or the reason there is none. */

import { element } from "./element.js";
import { describe } from "./fields.js";
import { LANGUAGES, textIn } from "./languages.js";

/** What a person is told of each state. */
export const STATES = {
  queued: "Waiting",
  running: "Being made",
  done: "Ready",
  failed: "Failed",
  cancelled: "Cancelled",
  missing: "Not made yet",
};

export class SummaryCard {
  /** `onChoose` is called with a sentence of the summary when it is clicked or focused. */
  constructor(language, onChoose) {
    this.language = language;
    this.state = "queued";
    this.#onChoose = onChoose;
    const { name, own } = LANGUAGES.get(language);
    const title = element("h3", { id: `card-${language}` }, own === name ? name : `${name} `);
    if (own !== name) {
      title.append(element("span", { ...textIn(language), class: "own-name" }, own));
    }
    this.#badges = element("p", { class: "badges" });
    this.#body = element("div", { class: "card-body" });
    this.node = element(
      "section",
      { class: "card", "data-language": language, "aria-labelledby": `card-${language}` },
      element("header", { class: "card-head" }, title, this.#badges),
      this.#body,
    );
  }

  #onChoose;
  #badges;
  #body;
  #cached = false;
  #shown = null;

  /** Takes over a language of a job, or a part of one. */
  update({ state, cached, summary, error }) {
    this.state = state;
    this.#cached = cached ?? this.#cached;
    this.node.dataset.state = state;
    this.#showBadges(summary);
    if (summary) {
      this.#showSummary(summary);
    } else if (error) {
      this.#body.replaceChildren(element("div", { class: "problem" }, ...describe(error)));
    } else if (state === "queued" || state === "running") {
      this.#body.replaceChildren(element("div", { class: "waiting", "aria-hidden": "true" }));
    } else {
      this.#body.replaceChildren();
    }
  }

  /** Takes the mark from the sentence that was chosen. */
  unchoose() {
    this.#body.querySelector("[aria-pressed=true]")?.setAttribute("aria-pressed", "false");
  }

  #showBadges(summary) {
    this.#badges.replaceChildren(
      element("span", { class: `badge ${this.state}` }, STATES[this.state] ?? this.state),
    );
    if (this.#cached) {
      this.#badges.append(" ", element("span", { class: "badge" }, "From the cache"));
    }
    if (summary?.needs_review) {
      this.#badges.append(" ", element("span", { class: "badge review" }, "Needs review"));
    }
  }

  #showSummary(summary) {
    // The end of a job repeats what is shown; the sentence that has the focus must stay.
    if (this.#shown === summary.created_at) {
      return;
    }
    this.#shown = summary.created_at;
    const sentences = summary.sentences.map((sentence) => this.#sentence(sentence));
    const text = element(
      "div",
      { class: "summary" },
      element("h4", { ...textIn(summary.language), class: "headline" }, summary.headline),
      checkList(summary.headline_checks),
      element("ol", { class: "sentences", ...textIn(summary.language) }, ...sentences),
      copyButton(summary),
      provenance(summary),
    );
    this.#body.replaceChildren(text);
  }

  #sentence(sentence) {
    const button = element(
      "button",
      { type: "button", class: "sentence", "aria-pressed": "false" },
      sentence.text,
    );
    const choose = () => {
      this.#onChoose(sentence);
      button.setAttribute("aria-pressed", "true");
    };
    button.addEventListener("click", choose);
    button.addEventListener("focus", choose);
    return element("li", {}, button, checkList(sentence.checks));
  }
}

/** Failed checks are told one by one; those that passed are not worth a reader's time. */
function checkList(checks) {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) {
    return null;
  }
  const items = failed.map(({ name, message }) =>
    element(
      "li",
      {},
      element("strong", {}, name.replaceAll("_", " ")),
      message ? `: ${message}` : ": this check failed.",
    ),
  );
  return element("ul", { class: "checks", lang: "en", dir: "ltr" }, ...items);
}

function copyButton(summary) {
  // Browsers offer the clipboard on https and on the machine itself only.
  if (!navigator.clipboard) {
    return null;
  }
  const button = element("button", { type: "button", class: "copy small" }, "Copy");
  button.addEventListener("click", async () => {
    const text = [summary.headline, "", ...summary.sentences.map(({ text }) => text)].join("\n");
    button.textContent = await navigator.clipboard.writeText(text).then(
      () => "Copied",
      () => "Not allowed to copy",
    );
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });
  return button;
}

function provenance(summary) {
  const { read, models } = summary;
  const facts = [
    ["Read", `${read.sentences_read} of ${read.sentences_total} sentences`],
    ...models.map(({ role, id, licence }) => [role, `${id} (${licence})`]),
    ["Recipe", summary.recipe],
  ];
  const partly = read.characters_read < read.characters_total;
  const details = [
    ...models.map(({ role, revision }) => [`${role} revision`, revision]),
    ["Fingerprint", summary.fingerprint],
    ...Object.entries(summary.timings_ms).map(([step, time]) => [step, `${Math.round(time)} ms`]),
    ["Made", new Date(summary.created_at).toLocaleString("en-GB")],
  ];
  return element(
    "footer",
    { class: "provenance" },
    partly ? element("p", { class: "partly" }, "Not all of the article was read.") : null,
    list(facts),
    element("details", {}, element("summary", {}, "How it was made"), list(details)),
  );
}

function list(facts) {
  return element(
    "dl",
    {},
    ...facts.map(([term, fact]) =>
      element("div", {}, element("dt", {}, term.replaceAll("_", " ")), element("dd", {}, fact)),
    ),
  );
}
