// What goes out through the clipboard, and what comes in.

import { escapeMarkdown } from "./markdown.js";
import { dateOf } from "./messages.js";

/** A summary in Markdown: the headline, the text and where it comes from. */
export function markdown(summary, address = "") {
  const { title, byline, source, published } = summary.article;
  const name = escapeMarkdown(title || source || address);
  const link = address ? `[${name}](<${address.replace(/[<>\n]/g, encodeURIComponent)}>)` : name;
  const rest = [byline, title ? source : "", published && dateOf(published, summary.language)].filter(Boolean).map(escapeMarkdown);
  const origin = [link, ...rest].filter(Boolean).join(", ");
  return [
    summary.headline ? `## ${escapeMarkdown(summary.headline)}` : "",
    escapeMarkdown(summary.summary),
    origin ? `*Source${summary.language === "fr" ? "\u00a0" : ""}: ${origin}*` : "",
  ].filter(Boolean).join("\n\n") + "\n";
}

/** The text on the clipboard as a text box holds it, with the line ends of Windows made into its own. */
export function pastedText(data) {
  return (data?.getData("text/plain") ?? "").replace(/\r\n?/g, "\n");
}

/** The address that a text consists of; empty if it is anything else. */
export function addressIn(text) {
  const address = text.trim();
  if (/^www\.\S+\.\S+$/i.test(address)) return `https://${address}`;
  return /^https?:\/\/\S+$/i.test(address) ? address : "";
}

/** True if a text begins as pages and fragments of pages do. */
export function looksLikeHtml(text) {
  return /^\s*(<!doctype\s+html|<html\b|<(head|body|main|article|section|div|p|h[1-6]|meta)\b[^<>]*>)/i.test(text);
}

/** True if HTML from the clipboard holds paragraphs of a page, not a word or a line of an editor. */
export function isPage(html) {
  return (html.match(/<(p|article|h[1-3])\b/gi) ?? []).length >= 2;
}

/** Copies a text; true if that worked. Browsers offer `navigator.clipboard` on https and localhost only. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromBox(text);
  }
}

function copyFromBox(text) {
  const focused = document.activeElement;
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "unseen";
  document.body.append(box);
  box.select();
  const copied = document.execCommand("copy");
  box.remove();
  focused?.focus();
  return copied;
}
