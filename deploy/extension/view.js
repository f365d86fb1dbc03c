// Makes the parts of a result.

import { text } from "./texts.js";

function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The parts of a summary: its texts, a button that copies them, what to know, and its sources. */
export function partsOf(summary) {
  const { headline, language, warnings, sentences } = summary;
  return [
    ...(headline ? [element("h3", { class: "headline", lang: language }, headline)] : []),
    element("p", { class: "text", lang: language }, summary.summary),
    copyButton([headline, summary.summary].filter(Boolean).join("\n\n")),
    ...(warnings.length ? [warningsOf(warnings)] : []),
    element("h3", {}, text("sources")),
    element("ol", { class: "sources" }, ...sentences.map((each) => sourceOf(each, language))),
  ];
}

function copyButton(copied) {
  const button = element("button", { type: "button", class: "quiet copy" }, text("copy"));
  button.addEventListener("click", async () => {
    const isCopied = await navigator.clipboard.writeText(copied).then(
      () => true,
      () => false,
    );
    button.textContent = text(isCopied ? "copied" : "not_copied");
    document.getElementById("status").textContent = button.textContent;
    setTimeout(() => (button.textContent = text("copy")), 2000);
  });
  return button;
}

function warningsOf(warnings) {
  const items = warnings.map((warning) => element("li", {}, warningText(warning)));
  const title = element("h3", {}, text("warnings"));
  return element("div", { class: "note warning" }, title, element("ul", {}, ...items));
}

function warningText({ code, detail, sentence, headline, facts }) {
  const place = headline ? text("place_headline") : text("place", sentence + 1);
  const words = withFacts(text(`warning_${code}`) || detail, facts);
  return headline || sentence !== null ? place + words : words;
}

/** One sentence with the passages behind it; open where it is doubtful. */
function sourceOf(sentence, language) {
  const { evidence, supported, french, unsupported } = sentence;
  const label = element("summary", {}, element("span", { lang: language }, sentence.text));
  const details = element("details", supported ? {} : { open: "" }, label);
  if (!supported) {
    label.append(" ", element("span", { class: "badge" }, text("to_check")));
    const doubt = sentence.french_supported ? "unfaithful" : "unsupported";
    details.append(element("p", { class: "note warning" }, withFacts(text(doubt), unsupported)));
  }
  if (french !== sentence.text) {
    details.append(element("p", {}, text("in_french"), element("span", { lang: "fr" }, french)));
  }
  const passages = evidence.map((passage) => element("blockquote", { lang: "fr" }, passage.text));
  details.append(...(passages.length ? passages : [element("p", {}, text("no_passage"))]));
  return element("li", {}, details);
}

/** A sentence that quotes at its end the facts that it is about. */
function withFacts(words, facts) {
  const quoted = facts.map((fact) => text("quoted", fact.text)).join(", ");
  return quoted ? words.replace(/\.$/, () => ` (${quoted}).`) : words;
}
