// The page's scripts that need no browser; tests/service/web/test_page.py runs this with Node.js where that is installed.

import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

// A copy, in which a package.json says that they are modules.
const folder = await mkdtemp(join(tmpdir(), "breve-page-"));
after(() => rm(folder, { recursive: true }));
await cp(fileURLToPath(new URL("../../../service/web", import.meta.url)), folder, { recursive: true });
await writeFile(join(folder, "package.json"), '{"type": "module"}');
const from = (name) => import(pathToFileURL(join(folder, name)));

const { pieces, marked, readingParts } = await from("passages.js");
const { addressIn, isPage, looksLikeHtml, markdown, pastedText } = await from("clipboard.js");
const { events, states, summarize } = await from("stream.js");
const { dateOf, fill, PAGE_PROBLEMS, PROBLEMS } = await from("messages.js");
const { isKnown } = await from("remedies.js");
const { typeset } = await from("typography.js");
const { sentencesText, wordsIn, wordsText } = await from("words.js");
const { cleanKey, unsendable } = await from("key.js");
const { counts, doubtsOf } = await from("doubts.js");
const { decoded, textOf } = await from("files.js");
const { feedsOf } = await from("opml.js");
const { markdownOf, partsOf } = await from("digest_text.js");
const { doubtTexts, warningText } = await from("view.js");

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

test("an article is shown in whole paragraphs, with what was set aside between them", () => {
  const text = "# Un titre\n\n3 minutes\n\n- Un *mot* et\n\nLire aussi\n\nun autre.\n\n\nFin.\n";
  const span = (part) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });
  const set_aside = ["# Un titre\n\n3 minutes", "Lire aussi"].map(span);
  const paragraphs = ["Un *mot* et\n\nLire aussi\n\nun autre.", "Fin."].map(span);
  const article = { title: "Un titre", paragraphs, set_aside };
  const all = pieces(text, [{ evidence: [span("un autre.")] }], article);
  assert.equal(all.map((piece) => piece.text).join(""), text);
  assert.deepEqual(readingParts(all, article).map((part) => [part.kind, part.text, part.piece.sentences]), [
    ["title", "Un titre", []], ["aside", "3 minutes", []], ["text", "Un mot et ", []], ["aside", "Lire aussi", []],
    ["text", "un autre.", [0]], ["text", "\n\n", []], ["text", "Fin.", []], ["text", "\n\n", []],
  ]);
  const untold = readingParts(pieces(text, []), { title: "Un titre" });
  assert.deepEqual(untold.map((part) => part.text), [text]);
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
  answer('{"code":"too_large"}', { status: 413 });
  await assert.rejects(ask, { code: "too_large" });
  for (const [status, code] of [[413, "too_large_for_proxy"], [502, "unreachable"], [503, "unreachable"], [504, "unreachable"]]) {
    answer("<h1>A proxy's own page</h1>", { status });
    await assert.rejects(ask, (error) => error.code === code && error.body.status === status);
  }
  answer("<h1>Teapot</h1>", { status: 418 });
  await assert.rejects(ask, (error) => error.code === "unknown" && error.body.status === 418);
});

test("a pasted key loses what is not seen, and is sent as the service reads it", async (context) => {
  assert.equal(cleanKey("\ufeff\u2028 clef\u200b-\u00ad1\u200e\u00a0\n"), "clef-1");
  assert.equal(cleanKey(" deux mots "), "deux mots");
  assert.deepEqual(unsendable(cleanKey("“clef-1”…“")), ["“", "”", "…"]);
  assert.deepEqual(unsendable("sésame ÿ"), []);
  const mock = context.mock.method(globalThis, "fetch", async () => new Response("{}"));
  await assert.rejects(() => summarize({}, { key: "sésame", onStep: () => {} }), { code: "cut" });
  const { Authorization } = mock.mock.calls[0].arguments[1].headers;
  assert.equal(Buffer.from(new Headers({ Authorization }).get("Authorization"), "latin1").toString("utf8"), "Bearer sésame");
});

const fact = (text, kind = "term") => ({ kind, text });
const sentence = (french_supported, ...unsupported) => ({ supported: false, french_supported, unsupported });
const warning = (code, more = {}) => ({ code, detail: "?", sentence: null, headline: false, facts: [], ...more });

test("a sentence whose translation alone is doubtful is not said to lack support", () => {
  const right = { supported: true, french_supported: true, unsupported: [] };
  const sentences = [right, sentence(true, fact("cherchent")), sentence(true), sentence(false, fact("12", "number"), fact("cherchent")), sentence(false)];
  const warnings = [
    warning("extracted"),
    warning("translation_repaired", { sentence: 0 }),
    warning("translation", { sentence: 1, facts: [fact("cherchent")] }),
    warning("translation_language", { sentence: 2 }),
    warning("translation", { sentence: 3, facts: [fact("cherchent")] }),
  ];
  const said = sentences.map((_, number) => doubtTexts(doubtsOf({ sentences, warnings }, number)));
  assert.deepEqual(said, [
    [],
    ["À vérifier, l’anglais et le français diffèrent\u00a0: «\u00a0cherchent\u00a0» (terme)."],
    ["À vérifier\u00a0: la traduction s’écarte du français ou n’est pas complète."],
    [
      "À vérifier, l’article ne l’appuie pas\u00a0: «\u00a012\u00a0» (nombre).",
      "À vérifier, l’anglais et le français diffèrent\u00a0: «\u00a0cherchent\u00a0» (terme).",
    ],
    ["À vérifier\u00a0: l’article n’appuie pas cette phrase."],
  ]);
  // The facts of translations are those of the sentence, so that they can be told where they are marked.
  assert.equal(doubtsOf({ sentences, warnings }, 3).english[0], sentences[3].unsupported[1]);
});

test("a warning about a translation names its sentence or the headline, with its own facts", () => {
  const summary = { sentences: [], article: { words: 1, language: "fr" }, coverage: { tokens: 1, used_tokens: 1 } };
  const said = (code, more) => warningText(warning(code, more), summary);
  const beginning = "\u00a0: à comparer avec le français, dont la traduction s’écarte";
  assert.equal(said("translation", { sentence: 1, facts: [fact("320"), fact("12")] }), `Phrase\u00a02${beginning} («\u00a0320\u00a0», «\u00a012\u00a0»).`);
  assert.equal(said("translation", { headline: true, facts: [fact("12")] }), `Titre${beginning} («\u00a012\u00a0»).`);
  assert.equal(said("translation", { headline: true }), `Titre${beginning}.`);
  assert.equal(said("translation_language", { sentence: 0 }), "Phrase\u00a01\u00a0: la traduction est peut-être incomplète ou n’est pas en anglais.");
  assert.match(said("translation_repaired", { sentence: 2 }), /^Phrase\u00a03\u00a0: des nombres, .* ont été corrigés/);
});

test("what is to be checked is counted once", () => {
  const sentences = [sentence(true, fact("a")), sentence(false), { supported: true }, { supported: true }];
  const warnings = [
    warning("extracted"), warning("translation", { sentence: 0 }), warning("translation_repaired", { sentence: 0 }),
    warning("translation_repaired", { sentence: 3 }), warning("translation", { headline: true }),
    warning("translation_repaired", { headline: true }),
  ];
  assert.deepEqual(counts({ sentences, warnings }), { places: 4, remarks: 1 });
});

test("a file is read in its charset, and what is no text is refused", async () => {
  const bytes = (text, encoding) => new Uint8Array(Buffer.from(text, encoding));
  assert.equal(decoded(bytes("\ufeffl’été", "utf8")), "l’été");
  assert.equal(decoded(bytes("\ufeffl’été", "utf16le")), "l’été");
  assert.equal(decoded(bytes("\ufeffl’été", "utf16le").map((_, place, all) => all[place ^ 1])), "l’été");
  assert.equal(decoded(bytes("L'\xe9t\xe9", "latin1")), "L'été");
  assert.equal(decoded(bytes('<meta charset="koi8-r"><p>\xf0\xd2\xc9', "latin1")), '<meta charset="koi8-r"><p>При');
  assert.equal(decoded(bytes('<meta charset="no-such"><p>\xe9', "latin1")), '<meta charset="no-such"><p>é');
  const file = (content, name = "article.txt") => new File([content], name);
  assert.equal(await textOf([file("Un article.\r\n\tSuite.")], 100), "Un article.\r\n\tSuite.");
  await assert.rejects(() => textOf([file("PK\x03\x04")], 100), { code: "not_text" });
  await assert.rejects(() => textOf([file("x".repeat(101))], 100), { code: "too_large" });
  await assert.rejects(() => textOf([file("a"), file("b")], 100), { code: "one_file" });
  const gone = { name: "a", size: 1, arrayBuffer: async () => { throw new DOMException("gone", "NotFoundError"); } };
  await assert.rejects(() => textOf([gone], 100), { code: "unreadable_file" });
});

test("dates are written in the language of the summary", () => {
  assert.deepEqual(["2025-03-12", "2025-03-01", "2025-13-40", "mardi"].map((date) => dateOf(date)), [
    "12\u00a0mars 2025", "1er\u00a0mars 2025", "2025-13-40", "mardi",
  ]);
  assert.equal(dateOf("2025-03-12", "en"), "12 March 2025");
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
      ["unreachable", undefined], "wait unreachable", ["unreachable", undefined], "wait unreachable", ["unreachable", undefined],
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
  const summary = { headline: "Nuagis_1", summary: "1. Il a <b>, &lt;i&gt; et R&D.", language: "fr", article };
  assert.equal(
    markdown(summary, "https://journal.example/a b>"),
    "## Nuagis\\_1\n\n1\\. Il a \\<b\\>, \\&lt;i\\&gt; et R&D.\n\n" +
      "*Source\u00a0: [Le \\*cloud\\* de \\[Nuagis\\]](<https://journal.example/a b%3E>), Anne Leroy, journal.example, 12\u00a0mars 2025*\n",
  );
  assert.equal(markdown({ ...summary, headline: null, article: { title: "", byline: "", source: "", published: "" } }), "1\\. Il a \\<b\\>, \\&lt;i\\&gt; et R&D.\n");
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

test("words are counted as the service counts them, and said in the singular", () => {
  assert.deepEqual(["", " \n", "a", "« a »", "a\ufeffb", "a\x85b\x1fc"].map(wordsIn), [0, 0, 1, 3, 1, 3]);
  assert.deepEqual([0, 1, 2, 1234].map(wordsText), ["0\u00a0mot", "1\u00a0mot", "2\u00a0mots", "1\u202f234\u00a0mots"]);
  assert.deepEqual([1, 2].map(sentencesText), ["1\u00a0phrase", "2\u00a0phrases"]);
});

test("French goes out as it is printed", () => {
  const printed = {
    "L'offre d'Orange, c'est tout": "L’offre d’Orange, c’est tout",
    'Il a dit "oui" : "non" ?': "Il a dit «\u00a0oui\u00a0»\u00a0: «\u00a0non\u00a0»\u00a0?",
    "Un “mot” et «un autre »": "Un “mot” et «\u00a0un autre\u00a0»",
    "Un “mot”; Yahoo! perd": "Un «\u00a0mot\u00a0»\u00a0; Yahoo! perd",
    "Un écran de 15\" ou 17\"": "Un écran de 15\" ou 17\"",
    "Nuagis - né en 2011 - a 1 200 000 clients, 45 millions d'euros, 18 % et 12 €":
      "Nuagis – né en 2011 – a 1\u00a0200\u00a0000 clients, 45\u00a0millions d’euros, 18\u00a0% et 12\u00a0€",
    "Marc-Olivier, à 18:30 sur https://journal.example": "Marc-Olivier, à 18:30 sur https://journal.example",
    "En 2024 500 sites": "En 2024 500 sites",
  };
  for (const [typed, wanted] of Object.entries(printed)) {
    assert.equal(typeset(typed), wanted);
    assert.equal(typeset(wanted), wanted);
  }
});

test("the page knows what may help against each problem", () => {
  assert.deepEqual(Object.keys({ ...PROBLEMS, ...PAGE_PROBLEMS }).filter((code) => !isKnown(code)), []);
});

test("an address alone is told from text", () => {
  assert.equal(addressIn(" https://journal.example/a \n"), "https://journal.example/a");
  assert.equal(addressIn("www.journal.example/a"), "https://www.journal.example/a");
  assert.equal(addressIn("Voir https://journal.example/a"), "");
  assert.equal(addressIn("journal.example"), "");
});

test("the feeds of an OPML file are found, each once, and nothing else", () => {
  const opml = `<opml><body><outline text="Presse"><!-- <outline xmlUrl="https://a.example/old"/> -->
    <outline type="rss" xmlUrl="https://a.example/rss?a=1&amp;b=&#50;&#x33;" htmlUrl="https://a.example/"/>
    <outline XMLURL = ' https://b.example/feed '/><outline xmlUrl="https://b.example/feed"/>
    <outline xmlUrl="FEED://d.example/rss"/>
    <outline xmlUrl="javascript:x()"/><outline xmlUrl="/etc/passwd"/><outline xmlUrl="https://c.example/&#x110000;"/>
    </outline></body></opml>`;
  assert.deepEqual(feedsOf(opml), ["https://a.example/rss?a=1&b=23", "https://b.example/feed", "http://d.example/rss", "https://c.example/&#x110000;"]);
  assert.deepEqual(feedsOf("Un texte."), []);
});

test("nothing that a feed says is a mark in the Markdown of a digest", () => {
  const telling = { source: "*S*", title: "T", link: "https://a.example/<b> c", published: null };
  const entry = {
    headline: "# [x](y)", sentences: [{ text: "1. <b>Un</b>\n\n- deux, &#60;R&D" }], telling, basis: "feed",
    additions: [], differences: [], others: [{ ...telling, link: "javascript:x()" }],
  };
  const digest = {
    made: "2026-11-29T12:00:00+00:00", language: "en", sections: [{ heading: "=", entries: [entry] }], left_out: 2,
    health: [{ subscription: { address: "https://b.example/rss", title: "" }, message: "the feed is empty" }],
  };
  assert.deepEqual(markdownOf(partsOf(digest)).split("\n\n"), [
    "# Tech news digest, 29 November 2026", "## \\=", "### [\\# \\[x\\](y)](<https://a.example/%3Cb%3E%20c>)",
    "1\\. \\<b\\>Un\\</b\\> - deux, \\&#60;R&D *(from the feed’s own text only)*", "\\*S\\*", "Other sources:", "- \\*S\\*: T",
    "Stories that were left out: 2.", "## To check", "- https://b.example/rss: the feed is empty\n",
  ]);
});
