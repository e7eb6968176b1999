// The messages of the open conversation, and the composer.

import { byId, h, keepingFocus } from "./dom.js";
import { draw } from "./blocks.js";
import { known, mrkdwn } from "./mrkdwn.js";
import { act, place } from "./wire.js";

/** What the client itself says, by person and conversation. */
const remarks = new Map();
const remarkKey = () => `${place.user}/${place.channel}`;
let where = "";
const drawn = new Map();

const time = (ts) => new Date(Number(ts) * 1000);
const day = (at) => at.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

export function drawMessages(snapshot) {
  const list = byId("messages");
  if (where !== remarkKey()) {
    where = remarkKey();
    drawn.clear();
    list.replaceChildren();
  }
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80 || !list.childElementCount;
  const messages = snapshot.messages ?? [];
  const nodes = [];
  let lastDay = "";
  for (const message of messages) {
    const today = day(time(message.ts));
    if (today !== lastDay) {
      lastDay = today;
      nodes.push(kept(`day-${today}`, today, () => h("h3", { className: "day" }, today)));
    }
    const key = `${message.ts}-${message.only_you}`;
    nodes.push(kept(key, JSON.stringify(message), () => one(message)));
  }
  for (const [at, words] of (remarks.get(remarkKey()) ?? []).entries()) {
    nodes.push(kept(`remark-${at}`, words, () => h("p", { className: "remark", role: "status" }, words)));
  }
  if (!nodes.length) nodes.push(kept("empty", "", () => h("p", { className: "note" }, "Nothing has been said here yet.")));
  const same = nodes.length === list.childElementCount && nodes.every((node, at) => node === list.children[at]);
  if (same) return;
  keepingFocus(() => list.replaceChildren(...nodes));
  if (wasAtEnd) list.scrollTop = list.scrollHeight;
}

/** The node made before, where nothing about it has changed. */
function kept(key, state, make) {
  const before = drawn.get(key);
  if (before?.state === state) return before.node;
  const node = make();
  drawn.set(key, { state, node });
  return node;
}

function one(message) {
  const user = known.users.get(message.user);
  const at = time(message.ts);
  const { channel } = place;
  const context = {
    scope: `m-${message.ts}`,
    warning: message.warning,
    does: (action, value) => act("click", { channel, ts: message.ts, action, value }),
    changed: () => undefined,
  };
  const body = message.blocks?.length ? draw(message.blocks, context) : [h("p", {}, mrkdwn(message.text))];
  return h(
    "article",
    { className: `message${message.only_you ? " only-you" : ""}${message.thread ? " reply" : ""}`, "aria-label": `${user?.real_name ?? message.user}: ${message.text}`.slice(0, 200) },
    h("div", { className: "face", "aria-hidden": "true" }, (user?.real_name ?? "?").slice(0, 1).toUpperCase()),
    h(
      "div",
      { className: "said" },
      message.only_you ? h("p", { className: "note" }, "Only visible to you") : null,
      h(
        "p",
        { className: "by" },
        h("strong", {}, user?.real_name ?? message.user),
        user?.is_bot ? h("span", { className: "badge" }, "APP") : null,
        h("time", { dateTime: at.toISOString(), className: "note" }, at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })),
        message.edited ? h("span", { className: "note" }, "(edited)") : null,
      ),
      body,
    ),
  );
}

function remark(words) {
  remarks.set(remarkKey(), [...(remarks.get(remarkKey()) ?? []), words]);
}

let commands = [];

export function drawComposer(snapshot) {
  commands = snapshot.commands;
  const channel = known.channels.get(place.channel);
  const closed = place.channel === "home" || channel?.archived;
  byId("composer").hidden = Boolean(closed);
  byId("composer-text").placeholder = channel ? `Message ${channel.kind === "direct" ? "" : "#"}${channel.name}` : "";
}

function suggest() {
  const typed = byId("composer-text").value;
  const box = byId("commands");
  const fitting = typed.startsWith("/") ? commands.filter((command) => command.name.startsWith(typed.split(/\s/)[0])) : [];
  box.hidden = !fitting.length;
  const pick = (command) => () => {
    byId("composer-text").value = `${command.name} `;
    byId("composer-text").focus();
    suggest();
  };
  box.replaceChildren(...fitting.map((command) => h("button", { type: "button", onclick: pick(command) }, h("strong", {}, command.name), " ", command.hint)));
}

/** Wires the composer; `refresh` draws anew. */
export function startComposer(refresh) {
  const field = byId("composer-text");
  field.addEventListener("input", suggest);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      byId("composer").requestSubmit();
    }
  });
  byId("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    field.value = "";
    suggest();
    const answer = await act("type", { channel: place.channel, text });
    if (!answer) field.value = text;
    else if (answer.failed) {
      remark(`${text.split(/\s/)[0]} failed with the error “${answer.failed}”`);
      refresh();
    }
  });
}
