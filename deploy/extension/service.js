// The service: where it is, whether the extension may ask it, and one summary.

const DEFAULTS = {
  address: "http://127.0.0.1:8000",
  key: "",
  language: "fr",
  length: "medium",
};

/** An error that the service answered with (its `code`), or that was noticed here. */
export class Problem extends Error {
  constructor(code, { status = 0, detail = "", seconds = 0 } = {}) {
    super(code);
    Object.assign(this, { code, status, detail, seconds });
  }
}

/** What was set in the options: all that the extension stores. */
export function settings() {
  return chrome.storage.local.get(DEFAULTS);
}

/** The address of a service without a slash at its end; empty if the text is no such address. */
export function addressOf(written) {
  if (!URL.canParse(written)) return "";
  const { protocol, origin, pathname, search, hash, username } = new URL(written);
  const isPlain = ["http:", "https:"].includes(protocol) && !search && !hash && !username;
  return isPlain ? origin + pathname.replace(/\/+$/, "") : "";
}

/** The permission that reaching an address needs. Firefox takes no port in it. */
export function accessTo(address) {
  const { protocol, hostname } = new URL(address);
  return { origins: [`${protocol}//${hostname}/*`] };
}

/** The summary for `body`. Throws Problem. */
export async function summarise(body, { address, key }) {
  const response = await send(body, { address, key });
  if (response.type === "opaqueredirect") throw new Problem("redirected");
  const answer = await response.json().catch(() => ({}));
  if (response.ok && answer.sentences) return answer;
  throw new Problem(answer.code ?? "unknown", {
    status: response.status,
    detail: answer.detail,
    seconds: Number(response.headers.get("Retry-After")),
  });
}

async function send(body, { address, key }) {
  try {
    return await fetch(`${address}/summarize`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...keyHeaders(key) },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "manual", // neither the article nor the key goes to another address
    });
  } catch {
    const isAllowed = await chrome.permissions.contains(accessTo(address));
    throw new Problem(isAllowed ? "unreachable" : "no_access");
  }
}

/** `fetch` takes a character for a byte, and the service reads the bytes as UTF-8. */
function keyHeaders(key) {
  const bytes = new TextEncoder().encode(key);
  return key ? { Authorization: `Bearer ${String.fromCharCode(...bytes)}` } : {};
}
