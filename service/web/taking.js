// How an article comes into the box: pasted, opened as a file or dropped on the page, and what is offered about it.

import { addressIn, isPage, looksLikeHtml, pastedText } from "./clipboard.js";
import { holdsFiles, isPageName, textOf } from "./files.js";
import { fill, PHRASES } from "./messages.js";
import { Problem } from "./stream.js";
import { problemText } from "./view.js";

const get = (id) => document.getElementById(id);

/**
 * Takes what is given in these ways. `form` is what the page does with it: `setBox(text, kind)`,
 * `setKind(kind)`, `setAddress(url)`, `openBox()`, which shows the box and returns what stood in it, `{text, kind}`, and `limits()` of the service.
 */
export function listenForArticles(form) {
  get("box").addEventListener("paste", (event) => onPaste(event, form));
  get("file").addEventListener("change", () => {
    const files = [...get("file").files];
    get("file").value = ""; // the same file may be opened again
    if (files.length) takeFiles(files, form);
  });
  for (const name of ["dragover", "dragleave", "drop"]) document.addEventListener(name, (event) => onDrag(event, form));
}

/** Says something under the box, and offers something to do about it. */
function offer(text, button = "", action = null) {
  get("offer-text").textContent = text;
  get("offer-yes").textContent = button;
  get("offer-yes").hidden = !button;
  get("offer-yes").onclick = () => {
    get("offer").hidden = true;
    action();
    get("box").focus();
  };
  get("offer").hidden = false;
}

function onPaste(event, form) {
  const { setBox, setKind } = form;
  const html = event.clipboardData?.getData("text/html") ?? "";
  const text = pastedText(event.clipboardData);
  get("offer").hidden = true;
  setTimeout(() => {
    const pasted = get("box").value; // with the text that the browser has put there meanwhile
    if (addressIn(text) && pasted.trim() === text.trim()) {
      offerAddress(pasted, form);
    } else if (looksLikeHtml(text) && pasted.trim() === text.trim()) {
      setKind("html");
      offer(PHRASES.looks_like_html, PHRASES.looks_like_html_no, () => setKind("text"));
    } else if (isPage(html) && pasted.trim() === text.trim()) {
      setKind("text");
      offer(PHRASES.clipboard, PHRASES.clipboard_yes, () => {
        setBox(html, "html");
        offer(PHRASES.clipboard_taken, PHRASES.clipboard_no, () => setBox(pasted, "text"));
      });
    }
  });
}

/** Takes a pasted address for its page where the service fetches pages; where it does not, says so. */
function offerAddress(pasted, { setAddress, limits }) {
  if (limits().allow_urls) {
    setAddress(addressIn(pasted));
    offer(PHRASES.looks_like_address);
  } else if (limits().allow_urls === false) {
    offer(problemText(new Problem("urls_disabled"), limits()));
  }
}

async function takeFiles(files, { setBox, openBox, limits }) {
  const before = openBox();
  try {
    const text = await textOf(files, limits().max_body_bytes);
    setBox(text, isPageName(files[0].name) || looksLikeHtml(text) ? "html" : "text");
    const back = before.text.trim() ? [PHRASES.file_back, () => setBox(before.text, before.kind)] : [];
    offer(fill(PHRASES.file, { name: files[0].name }), ...back);
    get("box").setSelectionRange(0, 0);
    get("box").scrollTop = 0;
    get("box").focus();
  } catch (error) {
    if (!(error instanceof Problem)) throw error; // a fault of the page itself
    offer(problemText(error, limits()));
  }
}

function onDrag(event, form) {
  if (!holdsFiles(event.dataTransfer)) return; // a text that is moved within the page, say
  event.preventDefault(); // the browser would leave the page for the file
  get("form").classList.toggle("dropping", event.type === "dragover");
  if (event.type === "drop") takeFiles([...event.dataTransfer.files], form);
}
