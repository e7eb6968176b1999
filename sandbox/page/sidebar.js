// The left side: the workspace, and the conversations.

import { byId, h, keepingFocus } from "./dom.js";
import { place } from "./wire.js";

let drawn = "";

export function drawSidebar({ team, channels, dm, app }) {
  const state = JSON.stringify([team, channels, dm, place]);
  if (state === drawn) return;
  drawn = state;
  byId("team").textContent = team;
  const waiting = channels.reduce((sum, channel) => sum + channel.mentions, 0);
  byId("menu").textContent = waiting ? `Conversations (${waiting} new for you)` : "Conversations";
  const link = (id, sign, label, channel) => {
    const { unread = 0, mentions = 0 } = channel ?? {};
    const marks = [channel?.archived ? "archived" : "", channel?.ext_shared ? "shared" : ""].filter(Boolean);
    const badge = mentions
      ? h("span", { className: "count" }, String(mentions), h("span", { className: "visually-hidden" }, " new for you"))
      : unread
        ? h("span", { className: "some" }, String(unread), h("span", { className: "visually-hidden" }, " new"))
        : null;
    return h(
      "li",
      {},
      h(
        "a",
        { id: `place-${id}`, href: `#${place.user}/${id}`, "aria-current": id === place.channel ? "page" : undefined, className: unread ? "unread" : "" },
        h("span", { className: `sign ${sign}`, "aria-hidden": "true" }, sign === "hash" ? "#" : ""),
        h("span", { className: "label" }, label, channel?.kind === "private" ? h("span", { className: "visually-hidden" }, " (private)") : null, marks.length ? h("span", { className: "mark" }, ` ${marks.join(", ")}`) : null),
        badge,
      ),
    );
  };
  const rooms = channels.filter((channel) => channel.kind !== "direct");
  const room = (channel) => link(channel.id, channel.kind === "private" ? "lock" : "hash", channel.name, channel);
  const list = (id, title, items) => (items.length ? [h("h2", { id }, title), h("ul", { "aria-labelledby": id }, items)] : []);
  keepingFocus(() =>
    byId("places").replaceChildren(
      ...list("places-app", "App", [link("home", "house", "Home"), link(dm, "dot", app, channels.find((channel) => channel.id === dm))]),
      ...list("places-mine", "Channels", rooms.filter((channel) => channel.member).map(room)),
      ...list("places-others", "Other channels", rooms.filter((channel) => !channel.member).map(room)),
    ),
  );
}

function openMenu(open) {
  byId("menu").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("menu-open", open);
}

byId("menu").addEventListener("click", (event) => openMenu(event.currentTarget.getAttribute("aria-expanded") !== "true"));
window.addEventListener("hashchange", () => openMenu(false));
