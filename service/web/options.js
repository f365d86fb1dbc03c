// What is wanted of the summary, chosen in the form or asked for beside the result. The form is read
// with FormData: `form.elements` has properties of its own, and `form.elements.length` is how many
// controls there are.

/** The value of the radio button that is chosen in a group. */
export function chosen(form, name) {
  return new FormData(form).get(name);
}

/** Chooses the radio button with this value. */
export function choose(form, name, value) {
  form.querySelector(`input[name="${name}"][value="${value}"]`).checked = true;
}

/** What is wanted of the summary, as the service takes it. */
export function optionsOf(form) {
  const given = new FormData(form);
  const words = given.get("max_words");
  return {
    language: given.get("language"),
    length: given.get("length"),
    headline: given.has("headline"),
    ...(words ? { max_words: Number(words) } : {}),
  };
}

const LENGTHS = ["short", "medium", "long"];

/**
 * Options with the next length, shorter (`step` -1) or longer (1); null if there is none. Who asks for
 * more takes back a limit of words.
 */
export function withLength(options, step) {
  const length = LENGTHS[LENGTHS.indexOf(options.length) + step];
  if (!length) return null;
  const { max_words, ...rest } = options;
  return { ...rest, length, ...(max_words && step < 0 ? { max_words } : {}) };
}

/** Shows options in the form, so that it says what was asked for. */
export function showOptions(form, { language, length, headline, max_words }) {
  choose(form, "language", language);
  choose(form, "length", length);
  form.querySelector('[name="headline"]').checked = headline;
  form.querySelector('[name="max_words"]').value = max_words ?? "";
}
