// A digest as parts of a text, which stand on the page or are written as Markdown. A part is
// `{tag, runs, items, small}`: a list has `items`, each made of runs, and all others have `runs`.
// A run is `{text, link, strong, emphasis}`.

import { escapeMarkdown } from "./markdown.js";
import { dateOf, DIGEST, fill } from "./messages.js";
import { isAddress } from "./opml.js";
import { element } from "./view.js";

const LOCALES = { fr: "fr-FR", en: "en-GB" };
const MARKS = { h3: "# ", h4: "## ", h5: "### ", p: "" };

/** The parts of a digest, as the service sends it in JSON. */
export function partsOf(digest) {
  const words = DIGEST[digest.language];
  const told = digest.sections.flatMap(({ heading, entries }) => [
    part("h4", { text: heading }),
    ...entries.flatMap((entry) => storyOf(entry, digest.language)),
  ]);
  const date = dateOf(dayOf(digest.made), digest.language);
  return [
    part("h3", { text: fill(words.title, { date }) }),
    ...(told.length ? told : [part("p", { text: isUnread(digest) ? words.unread : words.nothing })]),
    ...(digest.left_out ? [part("p", { text: fill(words.left_out, { count: digest.left_out }) })] : []),
    ...healthOf(digest.health, words),
  ];
}

// True where no feed and no given article could be read. It is asked of a digest without entries.
function isUnread({ feeds, health }) {
  const failed = health.filter(({ has_failed }) => has_failed).map(({ subscription }) => subscription.address);
  return failed.length > 0 && feeds.every((address) => failed.includes(address));
}

function part(tag, ...runs) {
  return { tag, runs };
}

function storyOf(entry, language) {
  const { headline, sentences, telling, basis, additions, differences, others } = entry;
  const words = DIGEST[language];
  const summary = sentences.map(({ text }) => text).join(" ");
  const note = basis === "page" ? [] : [{ text: ` (${words[basis]})`, emphasis: true }];
  const byline = [telling.source, telling.published && momentOf(telling.published, language)];
  const figures = differences.map((pair) =>
    pair.map(({ written, source }) => fill(words.according, { figure: written, source })).join(", "),
  );
  const labelled = (label, text) => part("p", { text: label, strong: true }, { text: words.colon + text });
  return [
    part("h5", { text: headline, link: telling.link }),
    ...(summary ? [part("p", { text: summary }, ...note)] : []),
    { ...part("p", { text: byline.filter(Boolean).join(" · ") }), small: true },
    ...additions.map(({ text, source }) => labelled(fill(words.added, { source }), text)),
    ...(figures.length ? [labelled(words.differ, figures.join("; "))] : []),
    ...othersOf(others, words),
  ];
}

function othersOf(others, words) {
  if (!others.length) return [];
  const items = others.map(({ source, title, link }) => [{ text: source + words.colon }, { text: title, link }]);
  return [{ ...part("p", { text: (words.others + words.colon).trimEnd() }), small: true }, { tag: "ul", items }];
}

function healthOf(health, words) {
  if (!health.length) return [];
  const items = health.map(({ subscription, message }) => [
    { text: (subscription.title || subscription.address) + words.colon + message },
  ]);
  return [part("h4", { text: words.health }), { tag: "ul", items }];
}

/** The day of a moment where the reader is, as an ISO date. */
function dayOf(moment) {
  const date = new Date(moment);
  const digits = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${digits(date.getMonth() + 1)}-${digits(date.getDate())}`;
}

function momentOf(moment, language) {
  return new Date(moment).toLocaleString(LOCALES[language], { dateStyle: "medium", timeStyle: "short" });
}

/** A part as an element of the page. */
export function elementOf({ tag, runs, items, small }) {
  if (items) return element("ul", {}, ...items.map((item) => element("li", {}, ...item.map(runOf))));
  return element(tag, { class: small ? "small" : null }, ...runs.map(runOf));
}

function runOf({ text, link, strong, emphasis }) {
  if (strong) return element("strong", {}, text);
  if (emphasis) return element("em", {}, text);
  if (!isAddress(link ?? "")) return text;
  return element("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, text);
}

/** The parts as Markdown (CommonMark). */
export function markdownOf(parts) {
  const blocks = parts.map(({ tag, runs, items }) =>
    items ? items.map((item) => `- ${lineOf(item)}`).join("\n") : MARKS[tag] + lineOf(runs),
  );
  return blocks.join("\n\n") + "\n";
}

function lineOf(runs) {
  return runs.map(markdownRun).join("");
}

function markdownRun({ text, link, strong, emphasis }) {
  const escaped = escapeMarkdown(text.replace(/\s+/g, " "));
  if (strong) return `**${escaped}**`;
  if (emphasis) return escaped.replace(/^( ?)(.*)$/, "$1*$2*");
  if (!isAddress(link ?? "")) return escaped;
  return `[${escaped}](<${link.replace(/[\s<>\\]/g, encodeURIComponent)}>)`;
}
