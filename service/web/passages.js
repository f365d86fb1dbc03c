// Where the summary's sentences come from: the text cut at the edges of their passages.

/**
 * `text` in pieces `{text, start, sentences, isRead, isAside}`, in order and without gaps:
 * `sentences` are the numbers of the summary sentences that the piece stands behind. A paragraph of
 * the article holds it (`isRead`), or it was set aside. Offsets count characters (code points), as
 * Python does, not JavaScript's 16-bit units.
 */
export function pieces(text, sentences, { paragraphs = [], set_aside = [] } = {}) {
  const characters = Array.from(text);
  const within = ({ start, end }) => ({ start, end: Math.min(end, characters.length) });
  const spans = sentences.flatMap(({ evidence }, number) =>
    evidence.map((passage) => ({ number, ...within(passage) })),
  );
  const read = paragraphs.map(within);
  const asides = set_aside.map(within);
  const ends = [...spans, ...read, ...asides].flatMap(({ start, end }) => [start, end]);
  const edges = [...new Set([0, characters.length, ...ends])].sort((a, b) => a - b);
  const [isRead, isAside] = [read, asides].map(coveredBy);
  return edges.slice(1).map((end, place) => {
    const start = edges[place];
    const covering = spans.filter((span) => span.start <= start && end <= span.end).map(({ number }) => number);
    return {
      text: characters.slice(start, end).join(""), start, sentences: [...new Set(covering)],
      isRead: isRead(start, end), isAside: isAside(start, end),
    };
  });
}

/** Says of parts, asked for in order, whether one of the spans, in order too, holds them. */
function coveredBy(spans) {
  let next = 0;
  return (start, end) => {
    while (next < spans.length && spans[next].end <= start) next += 1;
    return next < spans.length && spans[next].start <= start && end <= spans[next].end;
  };
}

/**
 * What is shown of some pieces, `{text, kind, piece}`: paragraphs without their breaks ("text"), what
 * was set aside ("aside"), and the title among it ("title"). Where the service does not tell its
 * paragraphs, the text is shown as it stands.
 */
export function readingParts(all, { title, paragraphs = [] }) {
  if (!paragraphs.length) return all.map((piece) => ({ text: piece.text, kind: "text", piece }));
  return all.flatMap((piece, place) => {
    if (piece.isAside) return asideParts(piece, title);
    if (piece.isRead) return [{ text: readText(piece.text, all[place - 1]), kind: "text", piece }];
    // What was set aside stands in lines of its own.
    const besideAside = [all[place - 1], all[place + 1]].some((other) => other?.isAside);
    return [{ text: gapText(piece.text, besideAside), kind: "text", piece }];
  }).filter(({ text }) => text);
}

/** A part of a paragraph in one piece; `before` is the piece before it. */
function readText(text, before) {
  const joined = plain(text).replace(/\s*\n\s*/g, " ");
  return before?.isAside ? joined.trimStart() : joined;
}

/** What is shown between paragraphs: a blank line, and words that a line began with; no marks. */
function gapText(text, besideAside) {
  const words = /[\p{L}\p{N}]/u.test(text) ? text.trim() : "";
  const isBreak = /\n/.test(text) && !besideAside;
  return words + (isBreak ? "\n\n" : "");
}

/** A text without the marks of Markdown's links and emphasis. */
function plain(text) {
  return text
    .replace(/!?\[([^[\]]{1,300})\]\([^()\s]{1,1000}\)/g, "$1")
    .replace(/(?<![\p{L}\p{N}*])(\*{1,3})(?=\S)([^*\n]{1,300})(?<=\S)\1(?![\p{L}\p{N}*])/gu, "$2");
}

function asideParts(piece, title) {
  const text = plain(piece.text).replace(/\n\s*\n/g, "\n");
  const start = title ? text.indexOf(title) : -1;
  const part = (shown, kind) => ({ text: shown.trim(), kind, piece });
  if (start < 0) return [part(text, "aside")];
  const before = text.slice(0, start).replace(/^#+\s*$/m, "");
  const after = text.slice(start + title.length);
  return [part(before, "aside"), part(title, "title"), part(after, "aside")];
}

/** `text` in pieces `{text, fact}`: those that an unsupported fact names have it, the others have none. */
export function marked(text, facts) {
  let parts = [{ text, fact: null }];
  for (const fact of facts) {
    parts = parts.flatMap((part) => (part.fact || !fact.text ? [part] : cut(part.text, fact)));
  }
  return parts;
}

function cut(text, fact) {
  const start = text.indexOf(fact.text);
  if (start < 0) return [{ text, fact: null }];
  const end = start + fact.text.length;
  return [
    { text: text.slice(0, start), fact: null },
    { text: fact.text, fact },
    { text: text.slice(end), fact: null },
  ].filter((part) => part.text);
}
