// The page's course: what is in the form, one summary at a time, and where its parts are shown.

import { addressIn } from "./clipboard.js";
import { correctedBefore, textsOf } from "./corrections.js";
import { fieldOf, FIELDS, markWrong } from "./fields.js";
import { cleanKey, keepKey, storedKey, unsendable } from "./key.js";
import { fill, PHRASES, STATES } from "./messages.js";
import { choose, chosen, optionsOf, showOptions } from "./options.js";
import { remediesFor } from "./remedies.js";
import { bodyOf } from "./request.js";
import { showResult } from "./result.js";
import { stopSpeaking } from "./speech.js";
import { exampleText, pause, Problem, state, states, summarize } from "./stream.js";
import { listenForArticles } from "./taking.js";
import { addStep, doneText, element, highlight } from "./view.js";
import { problemText, showArticle, showProblem, showSources } from "./view.js";
import { countOfArticle, countOfBox } from "./words.js";

const POLL_MS = 1500; // how often a service that loads its model is asked whether it is ready
const AGAIN_MS = 5000; // how often one that does not answer, or is broken, is
const NARROW = matchMedia("(max-width: 59.99rem)"); // the result is under the form, see page.css
const get = (id) => document.getElementById(id);
const form = get("form");
const box = get("box");

let limits = { min_max_words: 10, max_max_words: 400, max_body_bytes: 2_000_000 }; // until the service has said what it takes
let turn = 0; // of asking the service: those before it are over
let running = null; // the AbortController of the summary that is being made
let shown = null; // the result on the page: {summary, request, texts, before}, see result.js

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
  const changed = shown && (shown.request.source !== source() || shown.request.kind !== kind());
  const isOfBox = get("reading").hidden || changed;
  const count = isOfBox ? countOfBox(box.value, kind()) : countOfArticle(shown.summary.article);
  get("count").textContent = [count, changed ? PHRASES.changed : ""].join(" ");
}

/** What the form asks for, see request.js. An address in the text's box stands for its page. */
function requestOf(languageCheck) {
  const address = kind() === "text" && addressIn(box.value);
  if (address && limits.allow_urls) setAddress(address);
  return { kind: kind(), source: source(), options: optionsOf(form), languageCheck };
}

function setBox(text, newKind) {
  box.value = text;
  setKind(newKind);
}

function setAddress(address) {
  get("url").value = address;
  setKind("url");
}

/** Shows the box for what is given, whatever stands there now; returns what stood in it. */
function openBox() {
  readArticle(false);
  return { text: box.value, kind: kind() };
}

// ---- One summary

/** Shows one of the parts of the result's card. */
function show(part) {
  stopSpeaking();
  for (const id of ["empty", "progress", "problem", "result"]) get(id).hidden = id !== part;
  if (part !== "problem") markWrong(null);
}

function setRunning(controller) {
  running = controller;
  get("submit").disabled = controller !== null;
}

function onStep(name) {
  addStep(get("steps"), name);
  announce(get("steps").lastChild.textContent);
}

/** Asks for the summary that is wanted, and shows it or the problem. */
async function run(request = requestOf(true)) {
  if (running) return;
  const controller = new AbortController();
  const started = performance.now();
  const tick = () => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    get("seconds").textContent = fill(PHRASES.seconds, { seconds });
  };
  const timer = setInterval(tick, 1000);
  try {
    const body = bodyOf(request, limits);
    if (!get("max-words").validity.valid) throw new Problem("max_words");
    checkKey();
    begin(controller, tick);
    if (get("state").dataset.state === "loading") {
      onStep("loading");
      await untilReady(controller.signal);
    }
    onStep("waiting");
    const summary = await summarize(body, { key: key(), signal: controller.signal, onStep });
    showState("ready");
    finish({ summary, request, texts: textsOf(summary), before: correctedBefore(request, shown) });
  } catch (error) {
    fail(error.name === "AbortError" ? new Problem("aborted") : error, request);
  } finally {
    clearInterval(timer);
    setRunning(null);
  }
}

function begin(controller, tick) {
  const focused = document.activeElement;
  // Where the form stays in view, the next article may be written.
  const stays = form.contains(focused) && focused !== get("submit") && !NARROW.matches;
  setRunning(controller);
  get("steps").replaceChildren();
  tick();
  show("progress");
  fold(true);
  showTop();
  if (!stays) get("abort").focus({ preventScroll: true });
}

/** On a narrow screen, folds the article away above the result, or shows it. */
function fold(isFolded) {
  form.classList.toggle("folded", isFolded);
  get("fold").textContent = isFolded ? PHRASES.unfold : PHRASES.fold;
  get("fold").setAttribute("aria-expanded", String(!isFolded));
  get("fold").hidden = !isFolded && get("reading").hidden;
}

/** Brings the result's card into view; on a narrow screen to its top. */
function showTop() {
  if (NARROW.matches) get("result-card").scrollIntoView({ block: "start" });
  else get("result-title").scrollIntoView({ block: "nearest" });
}

function finish(made) {
  const { summary, request } = made;
  // The next article: neither it nor the focus is taken away.
  const isWriting = source() !== request.source && form.contains(document.activeElement);
  shown = made;
  const text = request.kind === "text" ? request.source : (summary.article.text ?? "");
  showArticle(get("reading"), text, summary);
  const ask = (options) => askAnew(request, options);
  const hasEnglish = () => !get("english").hidden;
  showResult(get("result"), made, { select, ask, restore, announce, hasEnglish });
  show("result");
  announce(doneText(summary));
  if (source() === request.source) readArticle(true);
  showCount();
  if (isWriting) return;
  get("result-title").focus({ preventScroll: true });
  showTop();
}

/** Asks for another summary of the same article. */
function askAnew(request, options) {
  showOptions(form, options);
  run({ ...request, options });
}

/** Shows a result again that another one took the place of. */
function restore(made) {
  showOptions(form, made.request.options);
  finish(made);
}

function announce(text) {
  get("announce").textContent = text;
}

function fail(problem, request) {
  if (!(problem instanceof Problem)) {
    console.error(problem); // a fault of the page itself
    problem = new Problem("unknown", { detail: String(problem) });
  }
  if (problem.code === "unauthorized") get("key-field").hidden = false;
  if (problem.code in STATES) showState(problem.code);
  if (problem.code in STATES || problem.code === "cut") askService(); // and again until it is ready
  const wrong = tell(problem, request);
  if (wrong === "box" || wrong === "url") readArticle(false);
  if (wrong) fold(false);
  get(wrong ?? "result-title").focus();
}

/** Shows a problem and marks the field that it is about, whose id it returns. */
function tell(problem, request) {
  showProblem(get("problem"), problem, limits, problemButtons(problem, request));
  get("problem").dataset.code = problem.code;
  show("problem");
  announce(problemText(problem, limits));
  const wrong = fieldOf(problem) === "box" ? field().id : fieldOf(problem);
  markWrong(wrong);
  return wrong;
}

/** The code of the problem that is shown. */
function shownProblem() {
  return get("problem").hidden ? null : get("problem").dataset.code;
}

/** What helps against a problem: the `request` again, another text, or what was there before. */
function problemButtons(problem, request) {
  const button = (text, onclick) => element("button", { type: "button", class: "quiet", onclick }, text);
  const { again, edit: editing } = remediesFor(problem);
  const anew = { ...request, languageCheck: false };
  const once = request?.source === source() ? undefined : request; // options may have been changed
  const inFrench = () => askAnew(request, { ...request.options, language: "fr" });
  return [
    ...(problem.code === "not_french" ? [button(PHRASES.is_french, () => run(anew))] : []),
    ...(problem.code === "not_supported" ? [button(PHRASES.to_french, inFrench)] : []),
    ...(again ? [button(PHRASES.again, () => run(once))] : []),
    ...(editing ? [button(PHRASES.edit, edit)] : []),
    ...(shown ? [button(PHRASES.back, backToResult)] : []),
  ];
}

function backToResult() {
  show("result");
  showOptions(form, shown.request.options);
  get("result-title").focus();
}

// ---- The result

/** Shows the source of a sentence; `isStill`: without moving the page. */
function select(number, isStill = false) {
  showSources(get("result"), shown.summary, number, (passage) => {
    readArticle(true);
    fold(false);
    highlight(get("reading"), number, passage.start);
    get("reading").focus();
  });
  readArticle(true);
  highlight(get("reading"), number);
  const sources = get("result").querySelector("#sources");
  if (NARROW.matches && !isStill) sources.scrollIntoView({ block: "nearest" });
}

/** Shows the article as it was read, or the box that it is written in. */
function readArticle(reading) {
  get("reading").hidden = !reading;
  get("writing").hidden = reading;
  get("kinds").hidden = reading;
  get("edit").hidden = !reading;
  get("clear").hidden = !reading;
  get("opening").hidden = reading;
  fold(reading && form.classList.contains("folded"));
  leadSkip();
}

function edit() {
  readArticle(false);
  field().focus();
  showCount();
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
  listenForArticles({ setBox, setKind, setAddress, openBox, limits: () => limits });
  for (const each of [box, get("url")]) each.addEventListener("input", showCount);
  for (const id of FIELDS) get(id).addEventListener("input", () => markWrong(null));
  get("kinds").addEventListener("change", showKind);
  get("abort").addEventListener("click", () => running?.abort());
  get("fold").addEventListener("click", () => fold(!form.classList.contains("folded")));
  get("edit").addEventListener("click", edit);
  get("clear").addEventListener("click", clear);
  get("example").addEventListener("click", takeExample);
  get("key").addEventListener("change", takeKey);
  addEventListener("pagehide", stopSpeaking);
}

get("key").value = storedKey();
listen();
showKind(); // browsers may bring back what was in the form,
setRunning(null); // and Firefox that a button was disabled
askService();
