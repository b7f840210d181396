/** The desk: an article goes in, its summaries come out side by side. */

import { keepKey, keptKey, Problem, request } from "./api.js";
import { ArticleView } from "./article.js";
import { articleHash, canonicalLine, canonicalText } from "./canonical.js";
import { follow, isFinal } from "./events.js";
import { Fields } from "./fields.js";
import { LANGUAGES } from "./languages.js";
import { STATES, SummaryCard } from "./summary.js";

const page = Object.fromEntries(
  [...document.querySelectorAll("[id]")].map((node) => [node.id, node]),
);
const view = new ArticleView(page.article);
const articleFields = fields("headline", "text", "languages", "length", "language");
const lookupFields = fields();
const cards = new Map();
/** What is on show: the job that runs, and the hash and canonical text of its article. */
let shown = { jobId: null, hash: null, article: null };
let running = new AbortController();

function fields(...names) {
  const controls = names.map((name) => [
    name,
    { control: page[name], place: page[`${name}-problem`] },
  ]);
  const key = ["Authorization", { control: page.key, place: page["key-problem"] }];
  return new Fields(new Map([...controls, key]), page.alert);
}

// --- An article is sent ------------------------------------------------------------------------

async function submit(event) {
  event.preventDefault();
  const sent = articleOnForm();
  const signal = begin();
  page.submit.disabled = true;
  try {
    const response = await request("v1/jobs", { method: "POST", body: sent, signal });
    const job = await response.json();
    await showSent(sent, job);
    if (!isFinal(job.state)) {
      showJob(await follow(job.id, { onLanguage: showLanguage, onJob: showJob, signal }));
    }
  } catch (error) {
    tell(error, articleFields, signal);
  } finally {
    page.submit.disabled = false;
  }
}

function articleOnForm() {
  const form = new FormData(page["article-form"]);
  const sent = {
    text: page.text.value,
    languages: form.getAll("languages"),
    length: form.get("length"),
    priority: page.urgent.checked ? "urgent" : "bulk",
  };
  if (page.headline.value.trim() !== "") {
    sent.headline = page.headline.value;
  }
  if (page.language.value !== "") {
    sent.language = page.language.value;
  }
  return sent;
}

async function showSent({ headline = "", text, length }, job) {
  const article = { headline: canonicalLine(headline), body: canonicalText(text) };
  const hash = await articleHash(article.headline, article.body);
  showArticle(article, job.source_language);
  if (hash !== null && hash !== job.article_hash) {
    page["source-note"].textContent =
      "This browser reads the text otherwise than the service: marked passages may be off.";
  }
  shown = { jobId: job.id, hash: job.article_hash, article };
  openResults(Object.keys(job.languages), length);
  showJob(job);
  page["results-title"].focus({ preventScroll: true });
}

function showJob(job) {
  for (const [language, status] of Object.entries(job.languages)) {
    cards.get(language)?.update(status);
  }
  page.cancel.hidden = isFinal(job.state);
  showProgress();
}

function showLanguage({ language, ...status }) {
  cards.get(language)?.update(status);
  showProgress(language);
}

// --- Summaries are looked up ---------------------------------------------------------------------

async function lookUp(hash, length) {
  const signal = begin();
  try {
    if (!/^[0-9a-f]{64}$/u.test(hash)) {
      throw new Problem({
        code: "hash_unusable",
        detail: "An article hash has 64 of the digits 0 to 9 and a to f.",
        hint: "It is the address of a summary after the # sign.",
      });
    }
    const response = await request(`v1/summaries/${hash}?length=${length}`, { signal });
    await showFound(await response.json());
  } catch (error) {
    tell(error, lookupFields, signal);
  }
}

async function showFound(found) {
  const article = { headline: canonicalLine(page.headline.value), body: canonicalText(page.text.value) };
  if (found.article_hash === (await articleHash(article.headline, article.body))) {
    showArticle(article, found.source_language);
  } else {
    showForm();
  }
  shown = { jobId: null, hash: found.article_hash, article };
  openResults([...LANGUAGES.keys()], found.length);
  for (const [language, card] of cards) {
    const summary = found.summaries[language];
    card.update(summary ? { state: "done", cached: true, summary } : { state: "missing" });
  }
  page.cancel.hidden = true;
  showProgress();
  page["results-title"].focus({ preventScroll: true });
}

// --- What is on the page -------------------------------------------------------------------------

/** Forgets what ran before and returns the signal that stops what begins now. */
function begin() {
  running.abort();
  running = new AbortController();
  articleFields.clear();
  lookupFields.clear();
  return running.signal;
}

function tell(error, place, signal) {
  if (signal.aborted) {
    return;
  }
  page.cancel.hidden = true;
  place.show(error instanceof Problem ? error : unexpected(error));
}

function unexpected(error) {
  reportError(error);
  return new Problem({
    code: "unexpected",
    detail: "Something went wrong on this page.",
    hint: "Load it again; summaries that were made are kept.",
  });
}

function showArticle(article, language) {
  view.show({ ...article, language });
  swapPane(true);
  page["source-note"].textContent = "Choose a sentence of a summary to see where it comes from.";
}

function showForm() {
  swapPane(false);
}

function swapPane(reading) {
  page["article-form"].hidden = reading;
  page.article.hidden = !reading;
  page["source-note"].hidden = !reading;
  page.edit.hidden = !reading;
  page["pane-title"].textContent = reading ? "The article" : "Summarise an article";
  page.desk.classList.toggle("reading", reading);
}

function openResults(languages, length) {
  cards.clear();
  for (const language of LANGUAGES.keys()) {
    if (languages.includes(language)) {
      cards.set(language, new SummaryCard(language, chooseSentence));
    }
  }
  page.cards.replaceChildren(...[...cards.values()].map(({ node }) => node));
  page.results.hidden = false;
  page.desk.classList.add("answered");
  const address = `#${shown.hash}${length === "short" ? "" : `/${length}`}`;
  page.permalink.textContent = shown.hash;
  page.permalink.href = address;
  page.hash.value = shown.hash;
  history.replaceState(null, "", address);
}

function chooseSentence(sentence) {
  for (const card of cards.values()) {
    card.unchoose();
  }
  if (page.article.hidden) {
    return;
  }
  view.mark(sentence.sources);
  page["source-note"].textContent =
    sentence.sources.length === 0 ? "No passage is noted for this sentence." : "The source is marked.";
}

function showProgress(language) {
  const states = [...cards.values()].map(({ state }) => state);
  const ended = states.filter((state) => isFinal(state) || state === "missing").length;
  const ready = states.filter((state) => state === "done").length;
  page.meter.max = states.length;
  page.meter.value = ended;
  page.meter.hidden = ended === states.length;
  const last = language === undefined ? "" : `${LANGUAGES.get(language).name}: ${STATES[cards.get(language).state].toLowerCase()}. `;
  page.progress.textContent = `${last}${ready} of ${states.length} ready.`;
}

// --- What a person does --------------------------------------------------------------------------

async function cancel() {
  page.cancel.hidden = true;
  try {
    await request(`v1/jobs/${shown.jobId}`, { method: "DELETE" });
  } catch (error) {
    tell(error, lookupFields, running.signal);
  }
}

function followAddress() {
  const [hash, length = "short"] = location.hash.slice(1).split("/");
  if (hash !== "" && hash !== "main" && hash !== shown.hash) {
    page.hash.value = hash;
    lookUp(hash, length);
  }
}

function chosenLength() {
  return new FormData(page["article-form"]).get("length");
}

page.key.value = keptKey();
page.key.addEventListener("input", () => keepKey(page.key.value.trim()));
page["article-form"].addEventListener("submit", submit);
page.lookup.addEventListener("submit", (event) => {
  event.preventDefault();
  lookUp(page.hash.value.trim().toLowerCase(), chosenLength());
});
page.edit.addEventListener("click", () => {
  showForm();
  page.text.focus();
});
page.cancel.addEventListener("click", cancel);
window.addEventListener("hashchange", followAddress);
followAddress();
