// Which field of the form is wrong, for those who cannot see the message beside it.

// The fields that may be, and the note that describes each anyway.
const NOTES = { "box": "count", "url": "", "max-words": "", "key": "key-note" };
const CODES = {
  "bad_key": "key", "unauthorized": "key", "empty": "box", "text_too_long": "box", "urls_disabled": "box",
  "empty_url": "url", "max_words": "max-words",
};

/** The ids of the fields that may be wrong. */
export const FIELDS = Object.keys(NOTES);

/** The id of the field that a problem is about; undefined if it is about none. */
export function fieldOf({ code }) {
  return CODES[code];
}

/** Marks the field with this id as wrong, and describes it with the problem that is shown; all others are right. */
export function markWrong(wrong) {
  for (const id of FIELDS) {
    const field = document.getElementById(id);
    set(field, "aria-invalid", id === wrong ? "true" : "");
    set(field, "aria-describedby", [id === wrong ? "problem-text" : "", NOTES[id]].filter(Boolean).join(" "));
  }
}

function set(field, name, value) {
  if (value) field.setAttribute(name, value);
  else field.removeAttribute(name);
}
