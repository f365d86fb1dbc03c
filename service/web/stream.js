// Talks to the service: what it is, whether it is ready, and one summary as a stream of events.
// Addresses are relative, so that the page also works behind a proxy under a path of its own.

import { headers } from "./key.js";

// What a proxy in front of the service says by itself, with a page of its own.
const OF_PROXIES = { 413: "too_large_for_proxy", 502: "unreachable", 503: "unreachable", 504: "unreachable" };

/** An error that the service answered with (its `code`), or that the page noticed itself. */
export class Problem extends Error {
  constructor(code, body = {}, retryAfter = null) {
    super(code);
    this.code = code;
    this.body = body;
    this.retryAfter = retryAfter;
  }
}

/** What the service is and takes. */
export async function info(key) {
  return (await request("info", { headers: headers(key) })).json();
}

/** The article that the service's own documentation has as an example. */
export async function exampleText() {
  const contract = await (await request("openapi.json")).json();
  return contract.components.schemas.SummarizeBody.examples[0].text;
}

/** What /readyz says: "ready", "loading", or what is wrong. */
export async function state(signal) {
  try {
    await request("readyz", { signal });
    return "ready";
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

/**
 * What the service says of itself, again and again until it is ready or wants a key: `{name, found}`, its state's name or
 * "locked" or "unreachable", and what it is and takes where it has said so. `pause(name)` waits before it is asked again.
 */
export async function* states(key, pause) {
  for (let next = await introduction(key); ; ) {
    yield next;
    if (next.name === "ready" || next.name === "locked") return;
    await pause(next.name);
    const name = await state(); // what a probe asks: not even logged
    next = name === "ready" ? await introduction(key) : { name, found: null };
  }
}

async function introduction(key) {
  try {
    const found = await info(key);
    return { name: found.state, found };
  } catch (error) {
    return { name: error.code === "unauthorized" ? "locked" : "unreachable", found: null };
  }
}

/**
 * The summary for `body`, as the service sends it; `onStep` is told the name of each step that begins.
 * Throws Problem, or an AbortError once `signal` says so.
 */
export async function summarize(body, { key, signal, onStep }) {
  const response = await request("summarize", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream", ...headers(key) },
    body: JSON.stringify(body),
    signal,
  });
  try {
    for await (const { name, data } of events(response.body)) {
      if (name === "step") onStep(JSON.parse(data).step);
      if (name === "problem") throw problemOf(JSON.parse(data));
      if (name === "summary") return { ...JSON.parse(data), origin: response.headers.get("X-Cache") };
    }
  } catch (error) {
    if (error instanceof Problem || error.name === "AbortError") throw error;
    throw new Problem("cut");
  }
  throw new Problem("cut");
}

/** The digest for `body` as data. Throws Problem, or an AbortError once `signal` says so. */
export async function digest(body, { key, signal }) {
  const response = await request("digest", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers(key) },
    body: JSON.stringify({ ...body, format: "json" }),
    signal,
  });
  try {
    return await response.json();
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("cut");
  }
}

/** Waits; throws what `signal` says if that comes first. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** The events of a server-sent stream: `{name, data}`. Comments (pings) are passed over. */
export async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return; // an event without its blank line was cut off
      const blocks = (waiting + value).split(/\r\n\r\n|\n\n|\r\r/);
      waiting = blocks.pop();
      for (const block of blocks) {
        const event = parse(block);
        if (event.data) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // lets the connection go when the caller has what it wants
  }
}

function parse(block) {
  let name = "message";
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
    if (field === "event") name = value;
    if (field === "data") data.push(value);
  }
  return { name, data: data.join("\n") };
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("unreachable");
  }
  if (response.ok) return response;
  throw problemOf(await bodyOf(response), response.headers.get("Retry-After"));
}

/** The problem in an answer; a proxy's own error pages hold none. */
async function bodyOf(response) {
  const own = { status: response.status, code: OF_PROXIES[response.status] };
  try {
    return { ...own, ...(await response.json()) };
  } catch {
    return own;
  }
}

function problemOf(body, retryAfter = null) {
  return new Problem(body.code ?? "unknown", body, Number(retryAfter) || null);
}
