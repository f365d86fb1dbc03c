// What is chosen in the form. It is read with FormData: `form.elements` has properties of its own,
// and `form.elements.length` is how many controls there are.

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
