// What is asked of the service: `{kind, source, options, languageCheck}`. `kind` is what is given of
// the article ("text", "html" or "url"), `source` is that, and `options` are those of the summary.

import { addressIn } from "./clipboard.js";
import { Problem } from "./stream.js";

/** The body of a request. Throws Problem for what the service, with its `limits`, would refuse. */
export function bodyOf({ kind, source, options, languageCheck }, limits) {
  if (!source.trim()) throw new Problem(kind === "url" ? "empty_url" : "empty");
  if (kind === "url" && !/^https?:\/\/./i.test(source)) throw new Problem("empty_url");
  if (kind === "text" && limits.allow_urls === false && addressIn(source))
    throw new Problem("urls_disabled");
  if (kind === "text" && limits.max_characters < Array.from(source).length)
    throw new Problem("text_too_long");
  return {
    [kind]: source.toWellFormed?.() ?? source, // half a character, as a cut emoji leaves it, is refused
    ...options,
    ...(languageCheck ? {} : { language_check: false }),
  };
}
