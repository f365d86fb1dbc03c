// Makes the page's changing parts. Every text enters as text (textContent), never as HTML.

import { counts, doubtsOf } from "./doubts.js";
import { dateOf, fill, languageName, FACTS, PAGE_PROBLEMS, PHRASES, PROBLEMS, STEPS, WARNINGS } from "./messages.js";
import { marked, pieces, readingParts } from "./passages.js";
import { wordsText } from "./words.js";

/** An element with properties (`class`, `on…` and `aria-…` among them) and children: elements or texts. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Shows that a step begins: those before it are done. */
export function addStep(list, name) {
  for (const step of list.children) step.dataset.state = "done";
  list.append(element("li", { "data-state": "running" }, STEPS[name] ?? name));
}

/** The sentence for a problem, in French where its code is known. */
export function problemText({ code, body }, limits) {
  const template = PROBLEMS[code] ?? PAGE_PROBLEMS[code];
  const errors = (body.errors ?? []).map(({ field, message }) => `${field} (${message})`).join(", ");
  const language = body.language ? languageName(body.language) : "?";
  if (!template) return body.detail ?? fill(PAGE_PROBLEMS.unknown, { status: body.status ?? "?" });
  return fill(template, { ...limits, ...body, language, errors });
}

/** Shows a problem: what happened, when to try again, what else can be done (`actions`: buttons), and its details. */
export function showProblem(place, problem, limits, actions) {
  const { body, retryAfter } = problem;
  const reference = body.request_id ? fill(PHRASES.reference, body) : "";
  const details = body.detail
    ? element("details", {}, element("summary", {}, PHRASES.detail), element("p", {}, body.detail), element("p", {}, reference))
    : null;
  place.replaceChildren(
    element("p", { class: "what", id: "problem-text" }, problemText(problem, limits)),
    ...(retryAfter ? [element("p", {}, fill(PHRASES.retry, { seconds: retryAfter }))] : []),
    element("p", { class: "buttons" }, ...actions),
    ...(details ? [details] : []),
  );
}

/** A summary's headline and sentences; `onSelect` is told the sentence whose source is wanted. */
export function textOf(summary, onSelect) {
  return [
    ...(summary.headline ? [element("h3", { class: "headline", lang: summary.language }, summary.headline)] : []),
    element("p", { id: "summary", lang: summary.language }, ...sentencesOf(summary, onSelect)),
  ];
}

/** The French summary beside its translation, which is to be read against it. */
export function frenchOf({ language, sentences }) {
  if (language === "fr") return [];
  const french = sentences.map((sentence) => sentence.french).join(" ");
  return [element("p", { class: "hint" }, PHRASES.beside), element("blockquote", { id: "french", lang: "fr" }, french)];
}

function sentencesOf(summary, onSelect) {
  const numbers = [...summary.sentences.keys()];
  const kept = numbers.filter((number) => summary.sentences[number].text); // the editor's choice
  return kept.flatMap((number, place) => [place ? " " : "", sentenceOf(summary, number, onSelect)]);
}

function sentenceOf(summary, number, onSelect) {
  const sentence = summary.sentences[number];
  const { french, english } = doubtsOf(summary, number);
  const select = () => onSelect(number);
  const parts = marked(sentence.text, sentence.unsupported).map(({ text, fact }) => {
    const template = english?.includes(fact) ? PHRASES.fact_to_compare : PHRASES.fact_to_check;
    return fact ? element("mark", { class: "unsupported", title: fill(template, { kind: kindOf(fact) }) }, text) : text;
  });
  const made = element(
    "span", // a button would not break over lines as text does
    {
      class: "sentence", role: "button", tabindex: "0", "aria-pressed": "false", "aria-controls": "sources",
      "data-number": number, title: PHRASES.show_source, onclick: select,
    },
    ...parts,
    ...badgesOf(sentence, parts, { french, english }),
  );
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (event.ctrlKey || event.metaKey) return; // the page's own key
    event.preventDefault();
    select();
  });
  return made;
}

/** That a sentence is to be checked; or corrected, where none of its `parts` is marked as doubtful. */
function badgesOf({ corrected }, parts, { french, english }) {
  const badge = (name, text) => [" ", element("span", { class: name }, text)];
  const isClean = parts.every((part) => typeof part === "string");
  if (corrected && isClean) return badge("badge done", PHRASES.corrected);
  if (!french && !english) return [];
  return badge("badge", french ? PHRASES.to_check : PHRASES.to_check_english);
}

/** Shows the passages behind one sentence; `onShow` is asked for one in the article. */
export function showSources(result, summary, number, onShow) {
  const sentence = summary.sentences[number];
  for (const each of result.querySelectorAll(".sentence")) {
    each.setAttribute("aria-pressed", String(each.dataset.number === String(number)));
  }
  const passages = sentence.evidence.map((passage) => passageOf(passage, onShow));
  const translated = sentence.french !== sentence.text;
  result.querySelector("#sources").replaceChildren(
    element("h3", {}, fill(PHRASES.source_of, { number: number + 1 })),
    ...(translated ? [element("p", {}, fill(PHRASES.in_french, { text: sentence.french }))] : []),
    ...doubtTexts(doubtsOf(summary, number)).map((text) => element("p", { class: "note warning" }, text)),
    passages.length ? element("ol", {}, ...passages) : element("p", {}, PHRASES.no_passage),
  );
}

function passageOf(passage, onShow) {
  const label = fill(PHRASES.show_passage, { number: passage.paragraph + 1 });
  const button = element("button", { type: "button", class: "quiet", onclick: () => onShow(passage) }, label);
  return element("li", {}, element("blockquote", { lang: "fr" }, passage.text), button);
}

/** What is said of a sentence's doubts (see `doubtsOf`): those of the French first. */
export function doubtTexts({ french, english }) {
  const listed = (facts) => facts.map((fact) => fill(PHRASES.fact, { text: fact.text, kind: kindOf(fact) })).join(", ");
  const said = (facts, whole, template) => (facts?.length ? [fill(template, { facts: listed(facts) })] : facts ? [whole] : []);
  return [
    ...said(french, PHRASES.unsupported, PHRASES.unsupported_facts),
    ...said(english, PHRASES.unfaithful, PHRASES.unfaithful_facts),
  ];
}

function kindOf(fact) {
  return FACTS[fact.kind] ?? fact.kind;
}

/** The sentence for a warning, in French where its code is known. */
export function warningText(warning, summary) {
  const template = WARNINGS[warning.code];
  if (!template) return warning.detail;
  const quoted = warning.facts.map((fact) => fill(PHRASES.quoted, fact)).join(", ");
  const facts = quoted && fill(PHRASES.facts, { facts: quoted });
  return fill(template, { facts, place: placeOf(warning), language: languageName(summary.article.language) });
}

/** The sentence, or the headline, that a warning names. */
function placeOf({ sentence, headline }) {
  if (headline) return PHRASES.place_headline;
  return sentence === null ? PHRASES.place_unknown : fill(PHRASES.place, { number: sentence + 1 });
}

/** What is to be known of the whole. */
export function warningsOf(summary, onSelect) {
  if (!summary.warnings.length) return [];
  const items = summary.warnings.map((warning) => element("li", {}, ...warningOf(warning, summary, onSelect)));
  return [element("div", { class: "note warning" }, element("h3", {}, PHRASES.warnings), element("ul", {}, ...items))];
}

/** The words of a warning; the sentence that they begin with can be chosen there. */
function warningOf(warning, summary, onSelect) {
  const text = warningText(warning, summary);
  const place = placeOf(warning);
  if (warning.sentence === null || !text.startsWith(place)) return [text];
  const button = element("button", { type: "button", class: "link", onclick: () => onSelect(warning.sentence) }, place);
  return [button, text.slice(place.length)];
}

/** From how many words the summary was made: an estimate, since the service counts tokens. */
function reading({ article, coverage }) {
  const read = Math.round((article.words * coverage.used_tokens) / Math.max(1, coverage.tokens));
  return { words: article.words, read: wordsText(read) };
}

/** What was read; folded away, what wrote the summary and how long that took. */
export function factsOf(summary) {
  const { article, coverage } = summary;
  const origin = [article.source, article.byline, article.published && dateOf(article.published)].filter(Boolean).join(", ");
  const isPartly = coverage.used_tokens < coverage.tokens;
  const whole = fill(PHRASES.coverage, { words: wordsText(article.words) });
  const facts = rowsOf([
    [PHRASES.title, article.title],
    [PHRASES.origin, origin],
    [PHRASES.reading, isPartly ? fill(PHRASES.coverage_partly, reading(summary)) : whole],
  ]);
  const label = element("summary", {}, PHRASES.details);
  const folded = element("details", { id: "details" }, label, rowsOf(machineRows(summary)));
  return element("div", { class: "facts" }, facts, folded);
}

function machineRows({ model, timings_ms: timings, origin }) {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  const seconds = (timings.total / 1000).toLocaleString("fr-FR", digits);
  const time = fill(PHRASES.seconds, { seconds });
  return [
    [PHRASES.model, model.id],
    [PHRASES.revision, model.revision],
    // The time that it took was an earlier request's.
    origin === "hit" ? [PHRASES.answer, PHRASES.from_cache] : [PHRASES.duration, time],
  ];
}

function rowsOf(rows) {
  const row = ([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value));
  return element("dl", {}, ...rows.filter(([, value]) => value).map(row));
}

/** Shows the article as it was read, with the summary's passages, and in grey what was set aside. */
export function showArticle(place, text, { sentences, article }) {
  place.replaceChildren(...readingParts(pieces(text, sentences, article), article).map(partOf));
  place.scrollTop = 0;
}

function partOf({ text, kind, piece }) {
  if (kind === "title") return element("strong", { class: "title" }, text);
  if (kind === "aside") {
    const unseen = element("span", { class: "unseen" }, PHRASES.aside);
    return element("span", { class: "aside" }, unseen, text);
  }
  if (!piece.sentences.length) return text;
  const properties = { "data-sentences": piece.sentences.join(" "), "data-start": piece.start };
  return element("mark", properties, text);
}

/** Highlights the passages of one sentence, and brings one (that at the offset `start`, else the first) into view. */
export function highlight(place, number, start = null) {
  const marks = [...place.querySelectorAll("mark")];
  for (const mark of marks) mark.classList.toggle("chosen", mark.dataset.sentences.split(" ").includes(String(number)));
  const chosen = marks.filter((mark) => mark.classList.contains("chosen"));
  const target = chosen.find((mark) => mark.dataset.start === String(start)) ?? chosen[0];
  if (!target) return;
  const top = target.offsetTop - place.clientHeight / 3;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  place.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
}

/** What is said once a summary is there, for those who do not see it. */
export function doneText(summary) {
  const { places, remarks } = counts(summary);
  return [
    fill(PHRASES.done, { sentences: summary.sentences.length }),
    ...(places ? [fill(PHRASES.done_places, { places })] : []),
    ...(remarks ? [fill(PHRASES.done_remarks, { remarks })] : []),
  ].join(" ");
}
