// Files with an article that are opened on the page, or dropped on it.

import { Problem } from "./stream.js";

const PAGE = /\.x?html?$/i;
const CONTROLS = /[\0-\x08\x0e-\x1a\x1c-\x1f]/; // what no text holds, and pictures, PDF and Word files do
const NAMED = /charset\s*=\s*["']?\s*([\w.:-]+)/i;
const NAMED_WITHIN = 4096; // bytes of a page in which it names its charset; browsers look at 1,024

/** True if something that is dragged over the page holds files. */
export function holdsFiles(data) {
  return [...(data?.types ?? [])].includes("Files");
}

/** The text of the only one of `files`, of at most `most` bytes. Throws Problem. */
export async function textOf(files, most) {
  if (files.length !== 1) throw new Problem("one_file");
  const [file] = files;
  if (file.size > most) throw new Problem("too_large");
  let content;
  try {
    content = await file.arrayBuffer();
  } catch {
    throw new Problem("unreadable_file"); // a folder, or a file that has gone
  }
  const text = decoded(new Uint8Array(content));
  if (CONTROLS.test(text)) throw new Problem("not_text");
  return text;
}

/** True if a file's name is a page's. */
export function isPageName(name) {
  return PAGE.test(name);
}

/** The text in some bytes: UTF-8, UTF-16 with its mark, the charset that a page names, or else that of Windows. */
export function decoded(bytes) {
  const charset = { "255 254": "utf-16le", "254 255": "utf-16be" }[bytes.subarray(0, 2).join(" ")];
  if (charset) return new TextDecoder(charset).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return legacyDecoder(bytes).decode(bytes);
  }
}

function legacyDecoder(bytes) {
  const named = new TextDecoder("windows-1252").decode(bytes.subarray(0, NAMED_WITHIN)).match(NAMED);
  try {
    return new TextDecoder(named?.[1] ?? "windows-1252");
  } catch {
    return new TextDecoder("windows-1252"); // no charset that the browser knows
  }
}
