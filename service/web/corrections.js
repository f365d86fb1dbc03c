// What an editor makes of a summary before it goes out.

import { fill, PHRASES } from "./messages.js";
import { element } from "./view.js";

/** The texts of a summary that can be corrected: `headline` (null: there is none) and `sentences`. */
export function textsOf(summary) {
  return { headline: summary.headline, sentences: summary.sentences.map(({ text }) => text) };
}

/** True if these texts are not those of the summary. */
export function isCorrected(summary, texts) {
  return JSON.stringify(textsOf(summary)) !== JSON.stringify(texts);
}

/** The result that a new one of the same text takes the place of, if work has gone into it. */
export function correctedBefore({ source }, shown) {
  if (!shown || shown.request.source !== source) return null;
  return isCorrected(shown.summary, shown.texts) ? shown : shown.before;
}

/** The summary with other texts. A sentence without text is left out of `summary`; it keeps its number. */
export function withTexts(summary, texts) {
  const sentences = summary.sentences.map((sentence, number) => {
    const text = texts.sentences[number];
    return { ...sentence, text, corrected: text !== sentence.text };
  });
  const whole = isCorrected(summary, texts)
    ? texts.sentences.filter(Boolean).join(" ")
    : summary.summary;
  return { ...summary, summary: whole, headline: texts.headline, sentences };
}

/**
 * A field for each text, which is written into `texts`. `onChange()` is told of each change,
 * `onSelect(number)` of the sentence that has the focus, and `onEnd()` that the editor has finished
 * with the keyboard.
 */
export function correctionFields({ summary, texts }, { onChange, onSelect, onEnd }) {
  const field = (name, label, text, take, onfocus) => {
    const box = element("textarea", {
      id: name,
      lang: summary.language,
      rows: Math.ceil(text.length / 45) || 1,
      onfocus,
    });
    box.value = text;
    box.addEventListener("input", () => {
      take(box.value.replace(/\s*\n\s*/g, " ").trim());
      onChange();
    });
    box.addEventListener("keydown", (event) => endOn(event, onEnd));
    return element("p", { class: "field" }, element("label", { for: name }, label), box);
  };
  const headline =
    texts.headline === null
      ? []
      : [
          field(
            "correct-headline",
            PHRASES.place_headline,
            texts.headline,
            (text) => (texts.headline = text),
          ),
        ];
  const sentences = texts.sentences.map((text, number) => {
    const label = fill(PHRASES.place, { number: number + 1 });
    return field(
      `correct-${number}`,
      label,
      text,
      (now) => (texts.sentences[number] = now),
      () => onSelect(number),
    );
  });
  return [...headline, ...sentences];
}

function endOn(event, onEnd) {
  const ends =
    event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
  if (!ends) return;
  event.preventDefault();
  event.stopPropagation(); // the page's own key would ask for another summary
  onEnd();
}
