// The page's second form: a digest of the feeds and pages at some addresses.

import { copy } from "./clipboard.js";
import { elementOf, markdownOf, partsOf } from "./digest_text.js";
import { holdsFiles, textOf } from "./files.js";
import { cleanKey } from "./key.js";
import { fill, PHRASES } from "./messages.js";
import { chosen } from "./options.js";
import { feedsOf, isAddress } from "./opml.js";
import { digest, info, Problem } from "./stream.js";
import { problemText } from "./view.js";

const MOST_ADDRESSES = 100; // that the service takes at once
const COPIED_MS = 2000; // how long a button says that it has copied
const get = (id) => document.getElementById(id);
const form = get("digest-form");
const box = get("digest-sources");

let limits = { max_body_bytes: 2_000_000 }; // until the service has said what it takes
let running = null; // the AbortController of the digest that is being made
let parts = []; // of the digest that is shown, see digest_text.js

const key = () => cleanKey(get("key").value);

/** Shows the form where the service fetches addresses, else how it can be made to. */
async function open() {
  if (!get("digest").open || running) return;
  hideProblem();
  try {
    limits = { ...limits, ...(await info(key())).limits };
    form.hidden = !limits.allow_urls;
    get("digest-closed").hidden = limits.allow_urls;
  } catch (error) {
    fail(error);
  }
}

/** The addresses in the box, each once. Throws Problem. */
function addresses() {
  const lines = box.value.split("\n").map((line) => line.trim());
  const given = [...new Set(lines.filter(Boolean))];
  const wrong = given.find((line) => !isAddress(line));
  if (!given.length) throw new Problem("no_addresses");
  if (wrong !== undefined) throw new Problem("bad_address", { address: wrong });
  if (given.length > MOST_ADDRESSES) throw new Problem("many_addresses", { most: MOST_ADDRESSES });
  return given;
}

async function run() {
  if (running) return;
  hideProblem();
  try {
    const body = {
      sources: addresses(),
      language: chosen(form, "digest-language"),
      since_hours: Number(chosen(form, "digest-hours")),
    };
    setRunning(new AbortController());
    get("digest-answer").hidden = true;
    say(PHRASES.digest_running);
    show(await digest(body, { key: key(), signal: running.signal }));
  } catch (error) {
    fail(error.name === "AbortError" ? new Problem("aborted") : error);
  } finally {
    setRunning(null);
  }
}

function setRunning(controller) {
  running = controller;
  get("digest-submit").disabled = controller !== null;
  get("digest-abort").hidden = controller === null;
}

function show(made) {
  parts = partsOf(made);
  const result = get("digest-result");
  result.lang = made.language;
  result.replaceChildren(...parts.map(elementOf));
  get("digest-answer").hidden = false;
  const count = made.sections.reduce((sum, { entries }) => sum + entries.length, 0);
  say(fill(PHRASES.digest_done, { count }));
  result.focus();
}

function say(text) {
  get("digest-status").textContent = text;
}

function hideProblem() {
  get("digest-problem").hidden = true;
  box.removeAttribute("aria-invalid");
}

function fail(error) {
  if (!(error instanceof Problem)) console.error(error); // a fault of the page itself
  const problem = error instanceof Problem ? error : new Problem("unknown", { detail: String(error) });
  const retry = problem.retryAfter ? fill(PHRASES.retry, { seconds: problem.retryAfter }) : "";
  say("");
  get("digest-problem").textContent = [problemText(problem, limits), retry].filter(Boolean).join(" ");
  get("digest-problem").hidden = false;
  if (problem.code === "unauthorized") get("key-field").hidden = false;
  if (["no_addresses", "bad_address", "many_addresses"].includes(problem.code)) {
    box.setAttribute("aria-invalid", "true");
    box.focus();
  }
}

/** Puts the feeds of an OPML file under the addresses that stand in the box. */
async function takeList(files) {
  hideProblem();
  try {
    const feeds = feedsOf(await textOf(files, limits.max_body_bytes));
    if (!feeds.length) throw new Problem("no_opml");
    const before = box.value.trimEnd();
    box.value = [...(before ? [before] : []), ...feeds].join("\n");
    say(fill(PHRASES.digest_opened, { name: files[0].name, count: feeds.length }));
    box.focus();
  } catch (error) {
    fail(error);
  }
}

function onDrag(event) {
  if (!holdsFiles(event.dataTransfer) || form.hidden) return;
  event.preventDefault(); // the browser would leave the page for the file
  event.stopPropagation(); // the page would take it for an article
  get("digest").classList.toggle("dropping", event.type === "dragover");
  if (event.type === "drop") takeList([...event.dataTransfer.files]);
}

async function copyAnswer() {
  const button = get("digest-copy");
  const label = button.textContent;
  if (button.disabled) return;
  button.disabled = true;
  button.textContent = (await copy(markdownOf(parts))) ? PHRASES.copied : PHRASES.not_copied;
  say(button.textContent);
  setTimeout(() => {
    button.textContent = label;
    button.disabled = false;
  }, COPIED_MS);
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopPropagation(); // no summary of an article
    run();
  }
  if (event.key === "Escape") running?.abort();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("keydown", onKey);
box.addEventListener("input", hideProblem);
get("digest").addEventListener("toggle", open);
get("key").addEventListener("change", open);
for (const name of ["dragover", "dragleave", "drop"]) get("digest").addEventListener(name, onDrag);
get("opml").addEventListener("change", () => {
  const files = [...get("opml").files];
  get("opml").value = ""; // the same file may be opened again
  if (files.length) takeList(files);
});
get("digest-abort").addEventListener("click", () => running?.abort());
get("digest-copy").addEventListener("click", copyAnswer);
setRunning(null); // Firefox may bring back that a button was disabled
open();
