// The messages of the open conversation.

import { announce, byId, h, Kept, keepingFocus, patch } from "./dom.js";
import { draw } from "./blocks.js";
import { face } from "./people.js";
import { clockTime, dayKey, dayName, known, marked, moment } from "./text.js";
import { act, place } from "./wire.js";

/** What the client itself says, by person and conversation. */
let remarks = new Map();
const here = () => `${place.user}/${place.channel}`;
let where = "";
let heard = new Set();
let newFrom = "";
const kept = new Kept();
const openThreads = new Set();

export function forgetMessages() {
  remarks = new Map();
  where = "";
}

/** Adds words of the client's own, after all that stands here now. */
export function remark(words, ts) {
  remarks.set(here(), [...(remarks.get(here()) ?? []), { ts, words }]);
}

export function drawMessages(snapshot) {
  const list = byId("messages");
  const messages = snapshot.messages ?? [];
  const arriving = where === here();
  if (!arriving) {
    where = here();
    kept.clear();
    openThreads.clear();
    list.replaceChildren();
    const { unread = 0 } = known.channels.get(place.channel) ?? {};
    const fresh = messages.filter((message) => !message.deleted && !message.only_you && message.user !== place.user);
    newFrom = unread && unread < fresh.length ? fresh[fresh.length - unread].ts : "";
    list.setAttribute("aria-label", `Messages in ${byId("where").textContent}`);
  }
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const nodes = rows(messages);
  keepingFocus(() => patch(list, nodes));
  const news = messages.filter((message) => !heard.has(key(message)));
  heard = new Set(messages.map(key));
  if (arriving && news.length) {
    const last = news.at(-1);
    if (last.user !== place.user || last.only_you) announce(`${known.users.get(last.user)?.real_name ?? ""}: ${marked(last.html).textContent}`);
  }
  if (!arriving || (atEnd && news.length) || news.some((message) => message.user === place.user)) list.scrollTop = list.scrollHeight;
}

const key = (message) => `${message.ts}-${message.only_you}`;

function rows(messages) {
  const nodes = [];
  let day = "";
  let before = null;
  const said = remarks.get(here()) ?? [];
  const all = [...messages, ...said.map((one, at) => ({ ...one, at, remark: true }))].sort((one, other) => (one.ts < other.ts ? -1 : one.ts > other.ts ? 1 : 0));
  for (const message of all) {
    if (message.remark) {
      nodes.push(kept.node(`remark-${message.at}`, message.words, () => remarkRow(message.words)));
      before = null;
      continue;
    }
    const at = moment(message.ts);
    const today = dayKey(at);
    if (today !== day) {
      day = today;
      before = null;
      const name = dayName(at);
      nodes.push(kept.node(`day-${today}`, name, () => h("h3", { className: "day" }, h("span", {}, name))));
    }
    if (message.ts === newFrom) {
      before = null;
      nodes.push(kept.node("new", "", () => h("p", { className: "newline" }, h("span", {}, "New"))));
    }
    const joined = Boolean(before && before.user === message.user && !before.only_you && !message.only_you && !before.replies?.length && Number(message.ts) - Number(before.ts) < 300);
    const open = openThreads.has(message.ts);
    nodes.push(kept.node(key(message), JSON.stringify([message, joined, open, known.users.get(message.user)?.real_name]), () => row(message, joined, open)));
    before = message;
  }
  if (!nodes.length) nodes.push(kept.node("empty", "", () => h("p", { className: "empty" }, "Nothing has been said here yet.")));
  return nodes;
}

function row(message, joined, open = false) {
  const user = known.users.get(message.user);
  const at = moment(message.ts);
  const name = user?.real_name ?? message.user;
  const time = h("time", { dateTime: at.toISOString(), className: "note" }, clockTime(at));
  const by = h(
    "p",
    { className: joined ? "visually-hidden" : "by" },
    h("strong", {}, name),
    user?.is_bot ? h("span", { className: "badge" }, "APP") : null,
    time,
  );
  return h(
    "article",
    { className: `message${message.only_you ? " only-you" : ""}${joined ? " joined" : ""}`, id: `m-${message.ts}`, "aria-label": `${name}, ${clockTime(at)}`, tabIndex: -1 },
    joined ? h("span", { className: "when note", "aria-hidden": "true" }, clockTime(at)) : face(user),
    h(
      "div",
      { className: "said" },
      message.only_you ? h("p", { className: "note eye" }, "Only visible to you") : null,
      by,
      body(message),
      message.edited ? h("span", { className: "note" }, "(edited)") : null,
      message.replies?.length ? thread(message, open) : null,
    ),
  );
}

function body(message) {
  if (message.deleted) return h("p", { className: "note" }, "This message was deleted.");
  const context = {
    scope: `m-${message.ts}`,
    warning: message.warning,
    does: (action, value) => act("click", { channel: place.channel, ts: message.ts, action, value }),
    changed: () => undefined,
  };
  return message.blocks?.length ? draw(message.blocks, context) : h("div", { className: "words" }, marked(message.html));
}

function thread(message, open) {
  const count = message.replies.length;
  const toggle = (event) => {
    if (!openThreads.delete(message.ts)) openThreads.add(message.ts);
    const now = openThreads.has(message.ts);
    event.currentTarget.setAttribute("aria-expanded", String(now));
    byId(`t-${message.ts}`).hidden = !now;
  };
  return h(
    "div",
    { className: "thread" },
    h("button", { type: "button", className: "plain", id: `t-${message.ts}-toggle`, "aria-expanded": String(open), "aria-controls": `t-${message.ts}`, onclick: toggle }, count === 1 ? "1 reply" : `${count} replies`),
    h("div", { id: `t-${message.ts}`, hidden: !open }, message.replies.map((reply) => row(reply, false)), known.channels.get(place.channel)?.member ? answer(message) : null),
  );
}

/** What was typed beneath a message and not sent. */
const answers = new Map();

function answer({ ts }) {
  const send = async (event) => {
    event.preventDefault();
    const text = (answers.get(ts) ?? "").trim();
    if (!text) return;
    answers.delete(ts);
    byId(`t-${ts}-answer`).value = "";
    if (!(await act("say", { channel: place.channel, ts, text }))) byId(`t-${ts}-answer`).value = text;
  };
  return h(
    "form",
    { className: "answer", onsubmit: send },
    h("input", { type: "text", id: `t-${ts}-answer`, "aria-label": "Reply in this thread", placeholder: "Reply…", autocomplete: "off", value: answers.get(ts) ?? "", oninput: (event) => answers.set(ts, event.target.value) }),
    h("button", { type: "submit" }, "Reply"),
  );
}

function remarkRow(words) {
  const bot = { id: "USLACKBOT", real_name: "Slackbot", is_bot: true };
  return h(
    "article",
    { className: "message only-you", "aria-label": "Slackbot" },
    face(bot),
    h("div", { className: "said" }, h("p", { className: "note eye" }, "Only visible to you"), h("p", { className: "by" }, h("strong", {}, "Slackbot"), h("span", { className: "badge" }, "APP")), h("p", { className: "words" }, words)),
  );
}

/** Shows a message, and puts the focus on it. */
export function lookAt(ts) {
  const node = byId(`m-${ts}`);
  if (!node) return;
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
}
