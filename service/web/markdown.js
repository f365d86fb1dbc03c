// Texts within Markdown (CommonMark), escaped as in service/text/markdown.py.

const MARKS = /[\\`*_[\]<>|~]|^[-+=]|(?<!\S)#|!$|&(?=#?\w{1,40};)/gm;
const LIST_NUMBER = /^(\d{1,9})(?=[.)])/gm;

/** Escapes all that Markdown would read as markup in a text. */
export function escapeMarkdown(text) {
  return text.replace(MARKS, "\\$&").replace(LIST_NUMBER, "$1\\");
}
