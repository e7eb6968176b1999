// Words and moments: what the server made of a text, and dates in the reader's zone.

import { nodesOf } from "./dom.js";

/** What is known of people and channels, the zone and the moment now: set before drawing. */
export const known = { users: new Map(), channels: new Map(), now: 0, zone: "Europe/London" };

/** A text object, a leaf or a Markdown block as nodes. */
export function text(object) {
  const nodes = nodesOf(object?.html);
  wordDates(nodes);
  return nodes;
}

/** A text object as plain words, for where no markup can be. */
export const plain = (object) => (object ? (object.html === undefined ? (object.text ?? "") : text(object).textContent) : "");

/** Server-made HTML as nodes, its dates worded. */
export const marked = (html) => text({ html });

export const moment = (ts) => new Date(Number(ts) * 1000);

const write = (at, options) => at.toLocaleString("en-GB", { timeZone: known.zone, ...options });

export const clockTime = (at) => write(at, { hour: "2-digit", minute: "2-digit" });

/** The day, as in 2026-12-14. */
export const dayKey = (at) => new Intl.DateTimeFormat("sv-SE", { timeZone: known.zone }).format(at);

/** Today, yesterday, or the day in full. */
export function dayName(at) {
  return nearDay(at, true) ?? write(at, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

function nearDay(at, capital = false) {
  const start = (when) => Date.parse(dayKey(when));
  const name = { "-1": "yesterday", 0: "today", 1: "tomorrow" }[Math.round((start(at) - start(moment(known.now))) / 86_400_000)];
  return name && capital ? name[0].toUpperCase() + name.slice(1) : name;
}

function wordDates(root) {
  for (const time of root.querySelectorAll("time[data-format]")) {
    const at = new Date(time.dateTime);
    time.textContent = time.dataset.format.replace(/\{(\w+)\}/g, (whole, token) => part(at, token) ?? whole);
    time.title = write(at, { dateStyle: "full", timeStyle: "short" });
  }
}

function part(at, token) {
  const long = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const short = { day: "numeric", month: "short", year: "numeric" };
  const usual = { day: "numeric", month: "long", year: "numeric" };
  switch (token) {
    case "date_num":
      return dayKey(at);
    case "date_slash":
      return write(at, { day: "2-digit", month: "2-digit", year: "numeric" });
    case "date":
      return write(at, usual);
    case "date_short":
      return write(at, short);
    case "date_long":
    case "date_long_full":
      return write(at, long);
    case "date_pretty":
      return nearDay(at) ?? write(at, usual);
    case "date_short_pretty":
      return nearDay(at) ?? write(at, short);
    case "date_long_pretty":
      return nearDay(at) ?? write(at, long);
    case "time":
      return clockTime(at);
    case "time_secs":
      return write(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    case "ago":
      return ago(at);
    default:
      return undefined;
  }
}

function ago(at) {
  const seconds = at.getTime() / 1000 - known.now;
  const [size, unit] = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]].find(([size]) => Math.abs(seconds) >= size) ?? [1, "second"];
  return new Intl.RelativeTimeFormat("en-GB", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** The first letters of the first and the last name. */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "?") + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

/** One of eight tints, by the place among the people. */
export const tint = (id) => `tint-${[...known.users.keys()].indexOf(id) & 7}`;
