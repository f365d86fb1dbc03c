// The key that a service may ask for: as it is pasted, sent, and kept in this tab only.

const NAME = "breve-key";
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Zl}\p{Zp}]/gu; // zero-width spaces, soft hyphens, line ends, marks of direction

/** A pasted key without what mails and documents put around and into it unseen. */
export function cleanKey(pasted) {
  return pasted.replace(UNSEEN, "").trim();
}

/** The characters of a key that a header has no room for (beyond Latin-1: "“", "…"), each once. */
export function unsendable(key) {
  return [...new Set(Array.from(key).filter((character) => character > "\u00ff"))];
}

/** The headers that carry a key. `fetch` takes a character for a byte, and the service reads the bytes as UTF-8. */
export function headers(key) {
  return key ? { Authorization: `Bearer ${String.fromCharCode(...new TextEncoder().encode(key))}` } : {};
}

/** The key that this tab has kept; empty if there is none. */
export function storedKey() {
  try {
    return sessionStorage.getItem(NAME) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

/** Keeps a key as long as this tab is open. */
export function keepKey(key) {
  try {
    sessionStorage.setItem(NAME, key);
  } catch {
    // storage is switched off: the key stays in its field
  }
}
