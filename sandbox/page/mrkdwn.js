// Slack's markup as elements: bold, italic, strike, code, quotes, links, mentions, dates.

import { h } from "./dom.js";

/** What is known of people and channels, and the moment now: set before drawing. */
export const known = { users: new Map(), channels: new Map(), now: 0 };

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** A text object. */
export function text(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text ?? "") : lines(emoji(object.text ?? ""));
}

function lines(words) {
  return words.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line]));
}

/** Markup as a list of nodes. */
export function mrkdwn(source) {
  const parts = source.split(/```\n?([\s\S]*?)```/);
  return parts.flatMap((part, at) => (at % 2 ? [h("pre", {}, unescape(part))] : paragraphs(part)));
}

function paragraphs(source) {
  const nodes = [];
  let quote = [];
  const endQuote = () => {
    if (quote.length) nodes.push(h("blockquote", {}, quote.flatMap((line, at) => (at ? [h("br"), ...inline(line)] : inline(line)))));
    quote = [];
  };
  source.split("\n").forEach((line, at) => {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quoted) return quote.push(quoted[1]);
    const after = quote.length > 0;
    endQuote();
    if (at && !after) nodes.push(h("br"));
    nodes.push(...inline(line));
  });
  endQuote();
  return nodes;
}

// In order of what wins: code, things in angle brackets, then bold, italic and strike at the edge of a word.
const INLINE =
  /`([^`\n]+)`|<([^<>\n]+)>|(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])|(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])|(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])/g;

function inline(source) {
  const nodes = [];
  let from = 0;
  for (const match of source.matchAll(INLINE)) {
    nodes.push(emoji(unescape(source.slice(from, match.index))));
    const [whole, code, angle, bold, italic, strike] = match;
    if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (angle !== undefined) nodes.push(special(angle));
    else if (bold !== undefined) nodes.push(h("strong", {}, inline(bold)));
    else if (italic !== undefined) nodes.push(h("em", {}, inline(italic)));
    else nodes.push(h("s", {}, inline(strike)));
    from = match.index + whole.length;
  }
  nodes.push(emoji(unescape(source.slice(from))));
  return nodes;
}

const mention = (words) => h("span", { className: "mention" }, words);

function special(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inner.slice(bar + 1));
  if (target.startsWith("@")) return mention(`@${known.users.get(target.slice(1))?.real_name ?? (label || target.slice(1))}`);
  if (target.startsWith("#")) return mention(`#${known.channels.get(target.slice(1))?.name ?? (label || "private-channel")}`);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return mention(label || "@group");
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`);
  return link(unescape(target), label);
}

/** A link where it is a safe one, else its words. */
export function link(target, label) {
  if (!/^(https?:|mailto:)/i.test(target)) return document.createTextNode(label || target);
  return h("a", { href: target, target: "_blank", rel: "noopener noreferrer" }, label || target);
}

const DAY = 86_400_000;

function date(target, fallback) {
  const [, seconds, format, href] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime()) || !format) return document.createTextNode(fallback || target);
  const words = format.replace(/\{(\w+)\}/g, (whole, token) => part(at, token) ?? whole);
  const element = h("time", { dateTime: at.toISOString(), title: at.toString() }, words);
  return href && /^https?:/i.test(href) ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, element) : element;
}

function part(at, token) {
  const write = (options) => at.toLocaleString("en-GB", options);
  const pretty = (otherwise) => {
    const start = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
    const days = Math.round((start(at) - start(new Date(known.now * 1000))) / DAY);
    return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? otherwise;
  };
  const short = () => write({ day: "numeric", month: "short", year: "numeric" });
  const long = () => write({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const plain = () => write({ day: "numeric", month: "long", year: "numeric" });
  switch (token) {
    case "date_num":
      return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
    case "date":
      return plain();
    case "date_short":
      return short();
    case "date_long":
      return long();
    case "date_pretty":
      return pretty(plain());
    case "date_short_pretty":
      return pretty(short());
    case "date_long_pretty":
      return pretty(long());
    case "time":
      return write({ hour: "2-digit", minute: "2-digit" });
    case "time_secs":
      return write({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
    default:
      return undefined;
  }
}

// The few that bots use; any other keeps its name.
const EMOJI = {
  star: "⭐", warning: "⚠️", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", bell: "🔔", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", rotating_light: "🚨", clock5: "🕔", calendar: "📅", lock: "🔒", eyes: "👀", tada: "🎉",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", white_circle: "⚪",
  arrow_up: "⬆️", arrow_right: "➡️", memo: "📝", scroll: "📜", telephone_receiver: "📞", wave: "👋", bulb: "💡",
};

function emoji(words) {
  return words.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
}
