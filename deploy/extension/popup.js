// The popup: one summary of the tab's article.

import { readTab } from "./reading.js";
import { Problem, settings, summarise } from "./service.js";
import { choose, text, writeTexts } from "./texts.js";
import { partsOf } from "./view.js";

const get = (id) => document.getElementById(id);
let isRunning = false;

async function begin() {
  writeTexts();
  try {
    const { language, length } = await settings();
    choose("language", language);
    choose("length", length);
    const tab = await readTab();
    const words = tab.text?.split(/\s+/).length;
    get("source").textContent = words ? text("selection", words) : text("page", tab.title);
  } catch (error) {
    fail(error);
  }
}

async function run() {
  if (isRunning) return;
  setRunning(true);
  let address = "";
  let read = {};
  try {
    const set = await settings();
    address = set.address;
    read = await readTab();
    finish(await summarise(bodyOf(read), set));
  } catch (error) {
    fail(error, address, Boolean(read.text));
  } finally {
    setRunning(false);
  }
}

/** The body of the request; half a character, as a cut emoji leaves it, would be refused. */
function bodyOf(read) {
  const wanted = new FormData(get("form"));
  return {
    ...(read.text ? { text: read.text.toWellFormed() } : { html: read.html.toWellFormed() }),
    language: wanted.get("language"),
    length: wanted.get("length"),
    headline: get("headline").checked,
  };
}

function setRunning(isBusy) {
  isRunning = isBusy;
  get("submit").setAttribute("aria-disabled", isBusy);
  get("status").textContent = isBusy ? text("running") : "";
  if (isBusy) get("problem").hidden = get("result").hidden = true;
}

function finish(summary) {
  get("summary").replaceChildren(...partsOf(summary));
  get("result").hidden = false;
  get("result").scrollIntoView({ block: "start" });
  get("result-title").focus({ preventScroll: true });
}

const OF_OPTIONS = ["no_access", "redirected", "unauthorized", "unknown", "unreachable"];

function fail(error, address = "", isSelection = false) {
  const isKnown = error instanceof Problem;
  const problem = isKnown ? error : new Problem("fault", { detail: String(error) });
  get("problem-text").textContent = problemText(problem, address, isSelection);
  get("problem-options").hidden = !OF_OPTIONS.includes(problem.code);
  get("problem").hidden = false;
  get("problem-text").focus();
}

function problemText({ code, status, detail, seconds }, address, isSelection) {
  const name = isSelection && code === "too_short" ? "too_short_selection" : code;
  const values = [address, status, detail || code];
  const words = text(`problem_${name}`, ...values) || text("problem_other", ...values);
  return seconds ? `${words} ${text("retry", seconds)}` : words;
}

get("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
for (const id of ["options", "problem-options"]) {
  get(id).addEventListener("click", () => chrome.runtime.openOptionsPage());
}
begin();
