// Makes the page's changing parts. Every text enters as text (textContent), never as HTML.

import { fill, languageName, FACTS, PAGE_PROBLEMS, PHRASES, PROBLEMS, STEPS, WARNINGS } from "./messages.js";
import { marked, pieces } from "./passages.js";

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
    ? element("details", {}, element("summary", {}, "Détail"), element("p", {}, body.detail), element("p", {}, reference))
    : null;
  place.replaceChildren(
    element("p", { class: "what" }, problemText(problem, limits)),
    ...(retryAfter ? [element("p", {}, fill(PHRASES.retry, { seconds: retryAfter }))] : []),
    element("p", { class: "buttons" }, ...actions),
    ...(details ? [details] : []),
  );
}

/** Shows a summary; `onSelect` is told the number of the sentence whose source is wanted. */
export function showResult(place, summary, onSelect, actions) {
  place.replaceChildren(
    ...(summary.headline ? [element("h3", { class: "headline", lang: summary.language }, summary.headline)] : []),
    element("p", { id: "summary", lang: summary.language }, ...spaced(summary.sentences.map((sentence, number) => sentenceOf(sentence, number, onSelect)))),
    element("p", { class: "buttons" }, ...actions),
    ...warningsOf(summary),
    element("section", { id: "sources", "aria-live": "polite" }, element("p", { class: "hint" }, "Choisissez une phrase pour voir le passage dont elle vient.")),
    factsOf(summary),
  );
}

function spaced(elements) {
  return elements.flatMap((each, number) => (number ? [" ", each] : [each]));
}

function sentenceOf(sentence, number, onSelect) {
  const select = () => onSelect(number);
  const parts = marked(sentence.text, sentence.unsupported).map(({ text, fact }) =>
    fact ? element("mark", { class: "unsupported", title: `${FACTS[fact.kind] ?? fact.kind} à vérifier` }, text) : text,
  );
  const made = element(
    "span", // a button would not break over lines as text does
    { class: "sentence", role: "button", tabindex: "0", "aria-pressed": "false", "aria-controls": "sources", title: "Voir la source", onclick: select },
    ...parts,
    ...(sentence.supported ? [] : [" ", element("span", { class: "badge" }, "à vérifier")]),
  );
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (event.ctrlKey || event.metaKey) return; // the page's own key
    event.preventDefault();
    select();
  });
  return made;
}

/** Shows the passages behind one sentence; `onShow` is asked for one in the article. */
export function showSources(result, sentence, number, onShow) {
  result.querySelectorAll(".sentence").forEach((each, place) => each.setAttribute("aria-pressed", String(place === number)));
  const passages = sentence.evidence.map((passage) =>
    element(
      "li",
      {},
      element("blockquote", { lang: "fr" }, passage.text),
      element("button", { type: "button", class: "quiet", onclick: () => onShow(passage) }, `Voir au paragraphe ${passage.paragraph + 1}`),
    ),
  );
  const french = sentence.french !== sentence.text ? [element("p", { class: "french" }, element("b", {}, "En français : "), sentence.french)] : [];
  result.querySelector("#sources").replaceChildren(
    element("h3", {}, `Source de la phrase ${number + 1}`),
    ...french,
    ...unsupportedOf(sentence),
    passages.length ? element("ol", {}, ...passages) : element("p", {}, "Aucun passage précis de l’article n’a été trouvé."),
  );
}

function unsupportedOf(sentence) {
  if (sentence.supported && !sentence.unsupported.length) return [];
  const named = sentence.unsupported.map(({ kind, text }) => `« ${text} » (${FACTS[kind] ?? kind})`).join(", ");
  return [element("p", { class: "note warning" }, named ? `À vérifier, l’article ne l’appuie pas : ${named}.` : "À vérifier : l’article n’appuie pas cette phrase.")];
}

/** The sentence for a warning, in French where its code is known. */
export function warningText(warning, summary) {
  const template = WARNINGS[warning.code];
  if (!template) return warning.detail;
  const facts = summary.sentences.flatMap(({ unsupported }) => unsupported.map(({ text }) => `« ${text} »`)).join(", ");
  return fill(template, { ...reading(summary), facts, language: languageName(summary.article.language) });
}

function warningsOf(summary) {
  if (!summary.warnings.length) return [];
  const items = summary.warnings.map((warning) => element("li", {}, warningText(warning, summary)));
  return [element("div", { class: "note warning" }, element("h3", {}, "À savoir"), element("ul", {}, ...items))];
}

/** How many words of the article were read; an estimate where not all were, since the service counts tokens. */
function reading({ article, coverage }) {
  return { words: article.words, read: Math.round((article.words * coverage.used_tokens) / Math.max(1, coverage.tokens)) };
}

function factsOf(summary) {
  const { article, coverage, model, timings_ms: timings } = summary;
  const seconds = (timings.total / 1000).toLocaleString("fr-FR", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const time = fill(PHRASES.seconds, { seconds }) + (summary.origin === "hit" ? " (déjà fait, gardé en mémoire)" : "");
  const origin = [article.source, article.byline, article.published && dateOf(article.published)].filter(Boolean).join(", ");
  const rows = [
    ["Article", article.title],
    ["Origine", origin],
    ["Lecture", fill(coverage.truncated ? PHRASES.coverage_partly : PHRASES.coverage, reading(summary))],
    ["Modèle", `${model.id} (${model.revision})`],
    ["Durée", time],
  ];
  const shown = rows.filter(([, value]) => value);
  return element("dl", { class: "facts" }, ...shown.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function dateOf(iso) {
  const date = new Date(`${iso}T12:00:00`);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleDateString("fr-FR", { day: "numeric", month: "long", year: "numeric" });
}

/** Shows the article that was read, with the passages that the summary comes from. */
export function showArticle(place, text, sentences) {
  place.replaceChildren(
    ...pieces(text, sentences).map((piece) =>
      piece.sentences.length ? element("mark", { "data-sentences": piece.sentences.join(" ") }, piece.text) : piece.text,
    ),
  );
  place.scrollTop = 0;
}

/** Highlights the passages of one sentence, and brings one (by its text, else the first) into view. */
export function highlight(place, number, wanted = null) {
  const marks = [...place.querySelectorAll("mark")];
  for (const mark of marks) mark.classList.toggle("chosen", mark.dataset.sentences.split(" ").includes(String(number)));
  const chosen = marks.filter((mark) => mark.classList.contains("chosen"));
  const target = chosen.find((mark) => wanted && mark.textContent === wanted) ?? chosen[0];
  if (!target) return;
  const top = target.offsetTop - place.offsetTop - place.clientHeight / 3;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  place.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
}
