// What may help against a problem: the same once more, or another text.

// The same text may succeed later.
const AGAIN = new Set([
  "aborted",
  "cut",
  "dead",
  "deadline",
  "failed",
  "fetch_failed",
  "fetch_timeout",
  "internal",
  "loading",
  "queue_full",
  "rate_limited",
  "slow_body",
  "stopped",
  "stuck",
  "unknown",
  "unreachable",
]);
// Another text, or another form of it, is needed.
const EDIT = new Set([
  "article",
  "consent_only",
  "deadline",
  "empty_article",
  "fetch_failed",
  "fetch_timeout",
  "forbidden_url",
  "invalid_body",
  "no_article",
  "not_french",
  "paywall_only",
  "text_too_long",
  "too_large",
  "too_large_for_proxy",
  "too_many_tags",
  "too_short",
  "urls_disabled",
]);
// The field that is wrong has the focus already, or its message says what to do.
const NONE = new Set([
  "bad_address",
  "bad_key",
  "batch_too_long",
  "empty",
  "empty_url",
  "malformed_json",
  "many_addresses",
  "max_words",
  "method_not_allowed",
  "no_addresses",
  "no_opml",
  "not_acceptable",
  "not_found",
  "not_supported",
  "not_text",
  "one_file",
  "small_pieces",
  "too_many_values",
  "unauthorized",
  "unknown_model",
  "unreadable_file",
  "unsupported_media_type",
  "wrong_host",
]);

/** What may help against a problem: whether the same text `again`, and whether to `edit` it. */
export function remediesFor({ code, body }) {
  const ofService = (body.status ?? 0) >= 500; // a code that this page does not know yet
  return isKnown(code)
    ? { again: AGAIN.has(code), edit: EDIT.has(code) }
    : { again: ofService, edit: !ofService };
}

/** True if the page knows what may help against this code. */
export function isKnown(code) {
  return [AGAIN, EDIT, NONE].some((codes) => codes.has(code));
}
