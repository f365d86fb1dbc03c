// How many words, sentences and characters there are: counted as the service does, in French words.

import { fill, PHRASES } from "./messages.js";

// Those of Python's str.split.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** How many words a text has. */
export function wordsIn(text) {
  return text.split(SPACES).filter(Boolean).length;
}

/** "1 mot", "42 mots". */
export function wordsText(words) {
  return fill(isOne(words) ? PHRASES.word : PHRASES.words, { words });
}

/** "1 phrase", "2 phrases". */
export function sentencesText(sentences) {
  return fill(isOne(sentences) ? PHRASES.sentence : PHRASES.sentences, { sentences });
}

function charactersText(text) {
  const characters = Array.from(text).length;
  return fill(isOne(characters) ? PHRASES.character : PHRASES.characters, { characters });
}

function isOne(number) {
  return number < 2; // in French, nought is singular too
}

/** How much stands in the text's box. */
export function countOfBox(text, kind) {
  if (!text.trim() || kind === "url") return "";
  const values = { words: wordsText(wordsIn(text)), characters: charactersText(text) };
  return fill(kind === "html" ? PHRASES.count_html : PHRASES.count, values);
}

/** How many words the service has read; that what it has not is grey beside them. */
export function countOfArticle({ words, set_aside }) {
  const count = fill(PHRASES.count_article, { words: wordsText(words) });
  return set_aside?.length ? `${count} ${PHRASES.count_aside}` : count;
}
