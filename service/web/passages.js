// Where the summary's sentences come from: the text cut at the edges of their passages.

/**
 * `text` in pieces `{text, start, sentences}`, in order and without gaps: `sentences` are the numbers of the summary
 * sentences that the piece stands behind. Offsets count characters (code points), as Python does, not JavaScript's 16-bit units.
 */
export function pieces(text, sentences) {
  const characters = Array.from(text);
  const spans = sentences.flatMap(({ evidence }, number) =>
    evidence.map(({ start, end }) => ({ number, start, end: Math.min(end, characters.length) })),
  );
  const edges = [...new Set([0, characters.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  return edges.slice(1).map((end, place) => {
    const start = edges[place];
    const covering = spans.filter((span) => span.start <= start && end <= span.end).map(({ number }) => number);
    return { text: characters.slice(start, end).join(""), start, sentences: [...new Set(covering)] };
  });
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
