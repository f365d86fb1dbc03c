// The words of the extension, from `_locales`. Every text enters a page as text, never as HTML.

/** A text in the browser's language, with values for its $1, $2 and so on; empty if unknown. */
export function text(name, ...values) {
  return chrome.i18n.getMessage(name, values.map(String));
}

/** Writes the texts that the page's elements name. */
export function writeTexts() {
  document.documentElement.lang = text("lang");
  for (const place of document.querySelectorAll("[data-text]")) {
    place.textContent = text(place.dataset.text);
  }
}

/** Chooses the radio button with this value. */
export function choose(name, value) {
  document.querySelector(`[name="${name}"][value="${value}"]`).checked = true;
}
