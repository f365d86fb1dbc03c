// The result's card: the summary, which can be corrected where it stands, copied, and asked for
// in another length or language.

import { copy, markdown } from "./clipboard.js";
import { correctionFields, isCorrected, textsOf, withTexts } from "./corrections.js";
import { fill, PHRASES } from "./messages.js";
import { withLength } from "./options.js";
import { speechButtons } from "./speech.js";
import { typeset } from "./typography.js";
import { element, factsOf, frenchOf, textOf, warningsOf } from "./view.js";
import { sentencesText, wordsIn, wordsText } from "./words.js";

let isTypeset = true; // French goes out as it is printed: remembered as long as the page is open

const button = (text, onclick, properties = {}) =>
  element("button", { type: "button", class: "quiet", onclick, ...properties }, text);

/**
 * Shows a summary, `made`: `{summary, request, texts, before}`. `texts` are those of the summary as
 * they were corrected; `before` is a corrected summary that this one took the place of, or null.
 * `page` is what happens elsewhere: `select(number)` shows the source of a sentence, `ask(options)`
 * asks for another summary, `restore(made)` shows one again, `announce(text)` says something, and
 * `hasEnglish()` tells whether there is English.
 */
export function showResult(place, made, page) {
  const text = element("div", { id: "text" });
  const size = element("p", { id: "size", class: "count" });
  const show = () => {
    text.replaceChildren(...textOf(withTexts(made.summary, made.texts), page.select));
    size.textContent = sizeText(made);
  };
  show();
  const changing = [
    ...correctButtons(made, page, { text, size, show }),
    ...otherButtons(made, page),
  ];
  place.replaceChildren(
    text,
    ...frenchOf(made.summary),
    element("div", { class: "size" }, size, element("p", { class: "buttons" }, ...changing)),
    element("p", { class: "buttons" }, ...copyButtons(made, page), ...listenButtons(made, page)),
    ...typographySwitch(made.summary),
    ...warningsOf(made.summary, page.select),
    element(
      "section",
      { id: "sources", "aria-live": "polite" },
      element("p", { class: "hint" }, PHRASES.choose),
    ),
    factsOf(made.summary),
  );
}

/** "42 mots · 2 phrases": of the text as it was corrected. */
function sizeText({ summary, texts }) {
  const words = wordsIn(withTexts(summary, texts).summary);
  const sentences = texts.sentences.filter(Boolean).length;
  return fill(PHRASES.size, { words: wordsText(words), sentences: sentencesText(sentences) });
}

/** Shorter, longer, in the other language: each asks at once. */
function otherButtons({ request, summary, before }, { ask, restore, hasEnglish }) {
  const { options } = request;
  const other = summary.language === "fr" ? "en" : "fr";
  const offers = [
    [PHRASES.shorter, "shorter", withLength(options, -1)],
    [PHRASES.longer, "longer", withLength(options, 1)],
    other === "fr"
      ? [PHRASES.to_french, "to-french", { ...options, language: "fr" }]
      : [PHRASES.to_english, "to-english", hasEnglish() ? { ...options, language: "en" } : null],
  ];
  return [
    ...offers
      .filter(([, , wanted]) => wanted)
      .map(([text, id, wanted]) => button(text, () => ask(wanted), { id })),
    ...(before
      ? [button(PHRASES.back_corrected, () => restore(before), { id: "back-corrected" })]
      : []),
  ];
}

function copyButtons(made, { announce }) {
  const { kind, source } = made.request;
  const address = kind === "url" ? source : "";
  const copying = (text, content) => {
    const pressed = button(text, async () => {
      pressed.textContent = (await copy(content(outgoing(made))))
        ? PHRASES.copied
        : PHRASES.not_copied;
      announce(pressed.textContent);
      setTimeout(() => (pressed.textContent = text), 2000);
    });
    return pressed;
  };
  return [
    copying(PHRASES.copy, ({ summary }) => summary),
    ...(made.summary.headline ? [copying(PHRASES.copy_headline, ({ headline }) => headline)] : []),
    copying(PHRASES.copy_markdown, (summary) => markdown(summary, address)),
  ];
}

/** Reads the headline and the sentences aloud, as they were corrected. */
function listenButtons(made, { announce }) {
  const texts = () => [made.texts.headline, ...made.texts.sentences].filter(Boolean);
  return speechButtons(texts, made.summary.language, announce);
}

/** The summary as it goes out: corrected, and as French is printed. */
function outgoing({ summary, texts }) {
  const corrected = withTexts(summary, texts);
  if (!isTypeset || summary.language !== "fr") return corrected;
  const { headline } = corrected;
  return {
    ...corrected,
    summary: typeset(corrected.summary),
    headline: headline && typeset(headline),
  };
}

function typographySwitch({ language }) {
  if (language !== "fr") return [];
  const box = element("input", { id: "typography", type: "checkbox", role: "switch" });
  box.checked = isTypeset;
  box.addEventListener("change", () => (isTypeset = box.checked));
  const label = element("span", {}, PHRASES.typography);
  return [element("label", { class: "switch typography" }, box, label)];
}

/** The buttons that begin and end correcting, and bring back what the service wrote. */
function correctButtons(made, page, { text, size, show }) {
  let correcting = false;
  const restore = button(
    PHRASES.restore,
    () => {
      made.texts = textsOf(made.summary);
      end();
    },
    { id: "restore" },
  );
  const showRestore = () => (restore.hidden = !isCorrected(made.summary, made.texts));
  const onChange = () => {
    size.textContent = sizeText(made);
    showRestore();
  };
  const correct = button(PHRASES.correct, () => (correcting ? end() : begin()), { id: "correct" });
  const begin = () => {
    correcting = true;
    correct.textContent = PHRASES.correct_end;
    text.replaceChildren(
      ...correctionFields(made, {
        onChange,
        onSelect: (number) => page.select(number, true),
        onEnd: end,
      }),
    );
    text.querySelector("textarea").focus();
  };
  const end = () => {
    correcting = false;
    correct.textContent = PHRASES.correct;
    show();
    showRestore();
    correct.focus();
  };
  showRestore();
  return [correct, restore];
}
