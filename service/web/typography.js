// French as it is printed: what keyboards and models leave out is put in where a text goes out.

const NO_BREAK = "\u00a0"; // for all, since not every system takes the narrow one
const RULES = [
  [/(?<=[\p{L}\p{N}])'(?=[\p{L}\p{N}«"“])/gu, "’"],
  [/(?<=\s)-(?=\s)/g, "–"],
  [/«\s*/g, `«${NO_BREAK}`],
  [/\s*»/g, `${NO_BREAK}»`],
  [/ +(?=[:;?!])/g, NO_BREAK],
  [/(?<=[\p{L}\p{N})»])(?=[:;?](?:\s|$))/gu, NO_BREAK], // not "!", which ends names ("Yahoo!")
  [/(?<=\b\d{1,3}) (?=\d{3}\b)/g, NO_BREAK],
  [
    /(?<=\d) (?=[%‰€$£°]|(?:millions?|milliards?|euros?|h|min|km|[kMGT]o)(?![\p{L}\p{N}]))/gu,
    NO_BREAK,
  ],
];

/** A French text with ’, –, « » and no-break spaces. */
export function typeset(text) {
  return RULES.reduce((done, [pattern, put]) => done.replace(pattern, put), withGuillemets(text));
}

/** Straight and English quotation marks become « »; within « », or without a pair, they stay. */
function withGuillemets(text) {
  if (/[«»]/.test(text)) return text;
  const curly = text.replace(/“([^“”]*)”/g, "«$1»");
  if (curly !== text) return curly;
  return text.replace(/(?<![\p{L}\p{N}])"([^"]+)"(?![\p{L}\p{N}])/gu, "«$1»");
}
