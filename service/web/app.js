// The page's course: what is in the form, one summary at a time, and where its parts are shown.

import { copy, markdown } from "./clipboard.js";
import { counts } from "./doubts.js";
import { fieldOf, FIELDS, markWrong } from "./fields.js";
import { cleanKey, keepKey, storedKey, unsendable } from "./key.js";
import { fill, PHRASES, STATES } from "./messages.js";
import { choose, chosen, optionsOf } from "./options.js";
import { exampleText, Problem, state, states, summarize } from "./stream.js";
import { listenForArticles } from "./taking.js";
import { addStep, element, highlight, problemText, showArticle, showProblem, showResult, showSources } from "./view.js";

const POLL_MS = 1500; // how often a service that loads its model is asked whether it is ready
const AGAIN_MS = 5000; // how often one that does not answer, or is broken, is
const get = (id) => document.getElementById(id);
const form = get("form");
const box = get("box");

let limits = { min_max_words: 10, max_max_words: 400, max_body_bytes: 2_000_000 }; // until the service has said what it takes
let turn = 0; // of asking the service: those before it are over
let running = null; // the AbortController of the summary that is being made
let shown = null; // what the result on the page belongs to: {summary, sent, kind, address}

// ---- The key

const key = () => cleanKey(get("key").value);

/** Throws Problem for a key that cannot be sent. */
function checkKey() {
  const wrong = unsendable(key());
  if (wrong.length) throw new Problem("bad_key", { characters: wrong.map((text) => fill(PHRASES.quoted, { text })).join(", ") });
}

function takeKey() {
  get("key").value = key();
  try {
    checkKey();
  } catch (problem) {
    if (!running) tell(problem);
    return;
  }
  if (shownProblem() === "bad_key") show(shown ? "result" : "empty");
  keepKey(key());
  askService();
}

// ---- The service

function showState(name) {
  get("state").dataset.state = name;
  get("state").textContent = STATES[name] ?? name;
}

/** Shows how the service is until it is ready or wants a key. */
async function askService() {
  const mine = ++turn;
  const wait = (name) => pause(name === "loading" ? POLL_MS : AGAIN_MS);
  for await (const { name, found } of states(key(), wait)) {
    if (mine !== turn) return;
    if (found) showLimits(found);
    if (name === "locked") get("key-field").hidden = false;
    showState(name in STATES ? name : "unreachable"); // a proxy's error has no name of ours
  }
}

function showLimits(found) {
  limits = { ...limits, ...found.limits };
  get("url-kind").hidden = !limits.allow_urls;
  showLanguages(found);
  Object.assign(get("max-words"), { min: limits.min_max_words, max: limits.max_max_words });
  get("state").title = `${found.model} · ${found.version}`;
}

/** Offers English unless the service says that it has none, which it knows once it is ready. */
function showLanguages({ state: name, languages }) {
  const none = name === "ready" && languages && !languages.includes("en");
  get("english").hidden = Boolean(none);
  if (none) choose(form, "language", "fr");
}

/** Waits while the model loads. */
async function untilReady(signal) {
  for (;;) {
    const name = await state(signal);
    if (name in STATES) showState(name);
    if (name !== "loading") return;
    await pause(POLL_MS, signal);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

// ---- The form

const kind = () => chosen(form, "kind");
const field = () => get(kind() === "url" ? "url" : "box");
const source = () => (kind() === "url" ? get("url").value.trim() : box.value);

function setKind(value) {
  choose(form, "kind", value);
  showKind();
}

function showKind() {
  const address = kind() === "url";
  get("box-field").hidden = address;
  get("url-field").hidden = !address;
  leadSkip();
  showCount();
}

/** Leads the link for keyboards and screen readers to what is shown of the article. */
function leadSkip() {
  get("skip").href = get("reading").hidden ? `#${field().id}` : "#reading";
}

function showCount() {
  const text = box.value.trim();
  const values = { words: text.split(/\s+/).length, characters: Array.from(box.value).length };
  const count = fill(kind() === "html" ? PHRASES.count_html : PHRASES.count, values);
  const changed = shown && (shown.sent !== source() || shown.kind !== kind());
  get("count").textContent = [text && kind() !== "url" ? count : "", changed ? PHRASES.changed : ""].join(" ");
}

/** The body of the request. Throws Problem for what the service would refuse anyway. */
function body(languageCheck) {
  const given = source();
  if (!given.trim()) throw new Problem(kind() === "url" ? "empty_url" : "empty");
  if (kind() === "url" && !/^https?:\/\/./i.test(given)) throw new Problem("empty_url");
  if (kind() === "text" && limits.max_characters < Array.from(given).length) throw new Problem("text_too_long");
  if (!get("max-words").validity.valid) throw new Problem("max_words");
  checkKey();
  return {
    [kind()]: given.toWellFormed?.() ?? given, // half a character, as a cut emoji leaves it, is refused by the service
    ...optionsOf(form),
    ...(languageCheck ? {} : { language_check: false }),
  };
}

function setBox(text, newKind) {
  box.value = text;
  setKind(newKind);
}

/** Shows the box for what is given, whatever stands there now; returns what stood in it. */
function openBox() {
  readArticle(false);
  return { text: box.value, kind: kind() };
}

// ---- One summary

/** Shows one of the parts of the result's card. */
function show(part) {
  for (const id of ["empty", "progress", "problem", "result"]) get(id).hidden = id !== part;
  if (part !== "problem") markWrong(null);
}

function setRunning(controller) {
  const focused = [get("submit"), get("abort")].includes(document.activeElement);
  running = controller;
  get("submit").hidden = controller !== null;
  get("abort").hidden = controller === null;
  if (focused) get(controller ? "abort" : "submit").focus();
}

function onStep(name) {
  addStep(get("steps"), name);
  get("announce").textContent = get("steps").lastChild.textContent;
}

async function run(languageCheck = true) {
  if (running) return;
  const controller = new AbortController();
  const started = performance.now();
  const tick = () => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    get("seconds").textContent = fill(PHRASES.seconds, { seconds });
  };
  const timer = setInterval(tick, 1000);
  const sent = { sent: source(), kind: kind() };
  try {
    const asked = body(languageCheck);
    begin(controller, tick);
    if (get("state").dataset.state === "loading") {
      onStep("loading");
      await untilReady(controller.signal);
    }
    onStep("waiting");
    finish({ ...sent, summary: await summarize(asked, { key: key(), signal: controller.signal, onStep }) });
  } catch (error) {
    fail(error.name === "AbortError" ? new Problem("aborted") : error);
  } finally {
    clearInterval(timer);
    setRunning(null);
  }
}

function begin(controller, tick) {
  setRunning(controller);
  get("steps").replaceChildren();
  tick();
  show("progress");
  // On a narrow screen the result stands under the form.
  get("result-title").scrollIntoView({ block: "nearest" });
}

function finish(made) {
  shown = made;
  showState("ready");
  const { summary } = made;
  const text = made.kind === "text" ? made.sent : (summary.article.text ?? "");
  showArticle(get("reading"), text, summary.sentences);
  showResult(get("result"), summary, select, copyButtons(made));
  show("result");
  showCount();
  get("announce").textContent = doneText(summary);
  if (source() !== made.sent) return; // the next article is being written: neither it nor the focus is taken away
  readArticle(true);
  get("result-title").focus();
}

function doneText(summary) {
  const { places, remarks } = counts(summary);
  return [
    fill(PHRASES.done, { sentences: summary.sentences.length }),
    ...(places ? [fill(PHRASES.done_places, { places })] : []),
    ...(remarks ? [fill(PHRASES.done_remarks, { remarks })] : []),
  ].join(" ");
}

function fail(problem) {
  if (!(problem instanceof Problem)) {
    console.error(problem); // a fault of the page itself
    problem = new Problem("unknown", { detail: String(problem) });
  }
  if (problem.code === "unauthorized") get("key-field").hidden = false;
  if (problem.code in STATES) showState(problem.code);
  if (problem.code in STATES || problem.code === "cut") askService(); // and again until it is ready
  const wrong = tell(problem);
  if (wrong === "box" || wrong === "url") readArticle(false);
  get(wrong ?? "result-title").focus();
}

/** Shows a problem and marks the field that it is about, whose id it returns. */
function tell(problem) {
  showProblem(get("problem"), problem, limits, problemButtons(problem));
  get("problem").dataset.code = problem.code;
  show("problem");
  get("announce").textContent = problemText(problem, limits);
  const wrong = fieldOf(problem) === "box" ? field().id : fieldOf(problem);
  markWrong(wrong);
  return wrong;
}

/** The code of the problem that is shown. */
function shownProblem() {
  return get("problem").hidden ? null : get("problem").dataset.code;
}

function problemButtons({ code }) {
  const button = (text, onclick) => element("button", { type: "button", class: "quiet", onclick }, text);
  const back = shown ? [button(PHRASES.back, backToResult)] : [];
  if (code === "not_french") return [button(PHRASES.is_french, () => run(false)), ...back];
  if (["bad_key", "empty", "empty_url", "max_words", "unauthorized"].includes(code)) return back;
  return [button(PHRASES.again, () => run()), ...back];
}

function backToResult() {
  show("result");
  get("result-title").focus();
}

// ---- The result

function copyButtons({ summary, kind: given, sent }) {
  const button = (text, content) => {
    const made = element("button", { type: "button", class: "quiet" }, text);
    made.addEventListener("click", async () => {
      made.textContent = (await copy(content)) ? PHRASES.copied : PHRASES.not_copied;
      get("announce").textContent = made.textContent;
      setTimeout(() => (made.textContent = text), 2000);
    });
    return made;
  };
  const address = given === "url" ? sent : "";
  return [
    button(PHRASES.copy, summary.summary),
    ...(summary.headline ? [button(PHRASES.copy_headline, summary.headline)] : []),
    button(PHRASES.copy_markdown, markdown(summary, address)),
  ];
}

function select(number) {
  showSources(get("result"), shown.summary, number, (passage) => {
    readArticle(true);
    highlight(get("reading"), number, passage.start);
    get("reading").focus();
  });
  readArticle(true);
  highlight(get("reading"), number);
}

/** Shows the article as it was read, or the box that it is written in. */
function readArticle(reading) {
  get("reading").hidden = !reading;
  get("writing").hidden = reading;
  get("kinds").hidden = reading;
  get("edit").hidden = !reading;
  get("clear").hidden = !reading;
  get("opening").hidden = reading;
  leadSkip();
}

function edit() {
  readArticle(false);
  field().focus();
}

function clear() {
  edit();
  field().select();
  if (!document.execCommand("delete")) field().value = ""; // as if typed: Ctrl+Z brings the text back
  if (kind() === "html") setKind("text");
  get("offer").hidden = true;
  showCount();
}

async function takeExample() {
  try {
    setBox(await exampleText(), "text");
    box.focus();
  } catch {
    showState("unreachable");
  }
}

// ---- Beginning

function listen() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault(); // a button that has the focus is not pressed too
      run();
    }
    if (event.key === "Escape" && running) running.abort();
  });
  listenForArticles({ setBox, setKind, openBox, limits: () => limits });
  for (const each of [box, get("url")]) each.addEventListener("input", showCount);
  for (const id of FIELDS) get(id).addEventListener("input", () => markWrong(null));
  get("kinds").addEventListener("change", showKind);
  get("abort").addEventListener("click", () => running?.abort());
  get("edit").addEventListener("click", edit);
  get("clear").addEventListener("click", clear);
  get("example").addEventListener("click", takeExample);
  get("key").addEventListener("change", takeKey);
}

get("key").value = storedKey();
listen();
showKind(); // browsers may bring back what was in the form
askService();
