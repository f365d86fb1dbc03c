// The page's scripts that need no browser; tests/test_page.py runs this with Node.js where that is installed.

import assert from "node:assert/strict";
import test from "node:test";

const from = async (name) => {
  const { readFile } = await import("node:fs/promises");
  const source = await readFile(new URL(`../service/web/${name}`, import.meta.url), "utf8");
  return import(`data:text/javascript,${encodeURIComponent(source)}`); // as a module, whatever a package.json says
};
const { pieces, marked } = await from("passages.js");
const { isPage, looksLikeHtml, markdown, pastedText } = await from("clipboard.js");
const { events, states, summarize } = await from("stream.js");
const { fill } = await from("messages.js");

const streamOf = (...chunks) => ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));

test("pieces put together are the text, and offsets count characters", () => {
  const text = "🙂 Un. Deux 🚀. Trois.";
  const at = (part) => {
    const start = Array.from(text.slice(0, text.indexOf(part))).length;
    return { start, end: start + Array.from(part).length };
  };
  const found = pieces(text, [{ evidence: [at("Deux 🚀.")] }, { evidence: [at("Trois."), at("Deux 🚀.")] }]);
  assert.equal(found.map((piece) => piece.text).join(""), text);
  assert.deepEqual(
    found.filter((piece) => piece.sentences.length).map((piece) => [piece.text, piece.start, piece.sentences]),
    [["Deux 🚀.", 6, [0, 1]], ["Trois.", 14, [1]]],
  );
});

test("overlapping passages and passages beyond the end lose no text", () => {
  const text = "abcdef";
  const found = pieces(text, [{ evidence: [{ start: 1, end: 4 }] }, { evidence: [{ start: 2, end: 99 }] }]);
  assert.deepEqual(found.map((piece) => [piece.text, piece.sentences]), [["a", []], ["b", [0]], ["cd", [0, 1]], ["ef", [1]]]);
});

test("unsupported facts are marked where they stand", () => {
  const fact = { kind: "number", text: "12" };
  assert.deepEqual(marked("Il a 12 ans.", [fact, { kind: "name", text: "absent" }, { kind: "quote", text: "" }]), [
    { text: "Il a ", fact: null }, { text: "12", fact }, { text: " ans.", fact: null },
  ]);
});

test("events are read across chunks and line ends, and pings passed over", async () => {
  const found = [];
  const stream = streamOf(": ping\r\n\r\nevent: step\r\nda", 'ta: {"a":1}\r\n\r', "\nevent: end\ndata: é", "t\ndata:é\n\ndata: cut");
  for await (const event of events(stream)) found.push(event);
  assert.deepEqual(found, [{ name: "step", data: '{"a":1}' }, { name: "end", data: "ét\né" }]);
});

test("a summary, a problem and a cut stream", async (context) => {
  const answer = (body, init) => context.mock.method(globalThis, "fetch", async () => new Response(streamOf(body), init), { times: 1 });
  const steps = [];
  const ask = () => summarize({}, { key: "k", onStep: (name) => steps.push(name) });
  answer('event: step\ndata: {"step":"read"}\n\nevent: summary\ndata: {"summary":"s"}\n\n', { headers: { "X-Cache": "hit" } });
  assert.deepEqual(await ask(), { summary: "s", origin: "hit" });
  assert.deepEqual(steps, ["read"]);
  answer('event: problem\ndata: {"code":"deadline"}\n\n');
  await assert.rejects(ask, { code: "deadline" });
  answer('event: step\ndata: {"step":"read"}\n\n');
  await assert.rejects(ask, { code: "cut" });
  answer('{"code":"queue_full"}', { status: 503, headers: { "Retry-After": "8" } });
  await assert.rejects(ask, { code: "queue_full", retryAfter: 8 });
  answer("<h1>Bad gateway</h1>", { status: 502 });
  await assert.rejects(ask, { code: "unknown", body: { status: 502 } });
});

test("a service that does not answer, or loads, is asked until it is ready", async (context) => {
  const bad = [() => new Response("<h1>Bad gateway</h1>", { status: 502 }), () => { throw new TypeError("no connection"); }];
  const of = (body, status = 200) => () => new Response(JSON.stringify(body), { status });
  const ready = { state: "ready", limits: { max_characters: 7 } };
  const course = async (...answers) => {
    const asked = [];
    const mock = context.mock.method(globalThis, "fetch", async (path) => (asked.push(path), answers.shift()()));
    const seen = [];
    for await (const { name, found } of states("", async (name) => seen.push(`wait ${name}`))) seen.push([name, found?.limits?.max_characters]);
    mock.mock.restore();
    assert.equal(answers.length, 0);
    return [seen, asked];
  };
  assert.deepEqual(await course(bad[1], bad[0], bad[1], of({ status: "ready" }), bad[0], of({ status: "ready" }), of(ready)), [
    [
      ["unreachable", undefined], "wait unreachable", ["unknown", undefined], "wait unknown", ["unreachable", undefined],
      "wait unreachable", ["unreachable", undefined], "wait unreachable", ["ready", 7],
    ],
    ["info", "readyz", "readyz", "readyz", "info", "readyz", "info"],
  ]);
  assert.deepEqual(await course(of({ state: "loading" }), of({ code: "loading" }, 503), of({ status: "ready" }), of(ready)), [
    [["loading", undefined], "wait loading", ["loading", undefined], "wait loading", ["ready", 7]],
    ["info", "readyz", "readyz", "info"],
  ]);
  assert.deepEqual(await course(of({ code: "unauthorized" }, 401)), [[["locked", undefined]], ["info"]]);
});

test("Markdown holds headline, text and origin, with its signs escaped", () => {
  const article = { title: "Le *cloud* de [Nuagis]", byline: "Anne Leroy", source: "journal.example", published: "2025-03-12" };
  const summary = { headline: "Nuagis_1", summary: "1. Il a <b>.", language: "fr", article };
  assert.equal(
    markdown(summary, "https://journal.example/a b>"),
    "## Nuagis\\_1\n\n1\\. Il a \\<b\\>.\n\n" +
      "*Source\u00a0: [Le \\*cloud\\* de \\[Nuagis\\]](<https://journal.example/a b%3E>), Anne Leroy, journal.example, 2025-03-12*\n",
  );
  assert.equal(markdown({ ...summary, headline: null, article: { title: "", byline: "", source: "", published: "" } }), "1\\. Il a \\<b\\>.\n");
});

test("pages are told from text", () => {
  assert.ok(looksLikeHtml(" <!DOCTYPE html><p>"));
  assert.ok(looksLikeHtml('<div class="a">Texte'));
  assert.ok(!looksLikeHtml("<3 la tech"));
  assert.ok(!looksLikeHtml("Le prix est < 5 <p>"));
  assert.ok(isPage("<p>a</p><p>b</p>"));
  assert.ok(!isPage("<meta charset='utf-8'><span>mot</span>"));
});

test("what is pasted has the line ends of a text box", () => {
  const data = { getData: (type) => (type === "text/plain" ? "<p>un\r\n<p>deux\rtrois\n" : "") };
  assert.equal(pastedText(data), "<p>un\n<p>deux\ntrois\n");
  assert.equal(pastedText(null), "");
});

test("messages are filled in, the French way", () => {
  assert.equal(fill("{n} mots, {x}", { n: 1234 }), "1\u202f234 mots, ?");
});
