// What the extension takes of the tab, once its button has been pressed there.

import { Problem } from "./service.js";

/** The tab's `title`, and its selection as `text` or else its page as `html`. Throws Problem. */
export async function readTab() {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  try {
    const [{ result }] = await chrome.scripting.executeScript({
      target: { tabId: tab.id },
      func: readPage,
    });
    return { title: tab.title, ...result };
  } catch {
    throw new Problem("unreadable"); // the browser's own pages, its store of extensions
  }
}

/** Runs in the page. Programs, styles and form fields stay there. */
function readPage() {
  const text = getSelection().toString().trim();
  if (text) return { text };
  // A copy in another document loads and runs nothing.
  const outside = document.implementation.createHTMLDocument();
  const copy = outside.importNode(document.documentElement, true);
  const fields = "input, textarea, select, [contenteditable]:not([contenteditable='false' i])";
  const leftOut = `script:not([type='application/ld+json']), style, svg, ${fields}`;
  for (const element of copy.querySelectorAll(leftOut)) element.remove();
  return { html: copy.outerHTML };
}
