// The addresses of feeds in an OPML file. The page's policy allows no DOMParser, and attributes are all that is read.

const COMMENTS = /<!--[\s\S]*?(?:-->|$)/g;
const ADDRESSES = /\sxmlUrl\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/gi;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const ENTITY = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi;
const FEED = /^feed:\/\//i;
const LAST_CHARACTER = 0x10ffff;

/** The web addresses of feeds in an OPML file, each once. */
export function feedsOf(opml) {
  const written = [...opml.replace(COMMENTS, "").matchAll(ADDRESSES)];
  const addresses = written.map(([, double, single]) => decoded(double ?? single).trim().replace(FEED, "http://"));
  return [...new Set(addresses.filter(isAddress))];
}

/** True for an address of the web. */
export function isAddress(text) {
  return /^https?:\/\/[^\s/]/i.test(text);
}

function decoded(text) {
  return text.replace(ENTITY, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name.toLowerCase()];
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    return code <= LAST_CHARACTER ? String.fromCodePoint(code) : whole;
  });
}
