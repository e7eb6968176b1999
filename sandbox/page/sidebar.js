// The left side: who we are, and the conversations.

import { byId, h, keepingFocus } from "./dom.js";
import { go, place } from "./wire.js";

let drawn = "";

export function drawSidebar(snapshot) {
  const { team, users, channels, dm } = snapshot;
  const state = JSON.stringify([team, users, channels, place]);
  if (state === drawn) return;
  drawn = state;
  byId("team").textContent = team;
  keepingFocus(() => {
    const person = (user) => h("option", { value: user.id, selected: user.id === place.user }, user.title ? `${user.real_name}, ${user.title}` : user.real_name);
    byId("acting").replaceChildren(...users.filter((user) => !user.is_bot && !user.deleted).map(person));
    const link = (id, label, unread, more = "") => {
      const current = id === place.channel;
      return h(
        "li",
        {},
        h(
          "a",
          { id: `place-${id}`, href: `#${place.user}/${id}`, "aria-current": current ? "page" : undefined, className: unread ? "unread" : "" },
          label,
          more ? h("span", { className: "note" }, ` ${more}`) : null,
          unread ? h("span", { className: "count" }, String(unread), h("span", { className: "visually-hidden" }, " new")) : null,
        ),
      );
    };
    const mark = (channel) => [channel.kind === "private" ? "private" : "", channel.archived ? "archived" : "", channel.ext_shared ? "shared" : ""].filter(Boolean).join(", ");
    const rooms = channels.filter((channel) => channel.kind !== "direct" && channel.member);
    const others = channels.filter((channel) => channel.kind !== "direct" && !channel.member);
    const room = (channel) => link(channel.id, `# ${channel.name}`, channel.unread, mark(channel));
    const direct = channels.find((channel) => channel.id === dm);
    byId("places").replaceChildren(
      h("h2", {}, "App"),
      h("ul", {}, link("home", "Home", 0), link(dm, direct?.name ?? "app", direct?.unread ?? 0)),
      h("h2", {}, "Channels"),
      h("ul", {}, rooms.map(room)),
      others.length ? [h("h2", {}, "Other channels"), h("ul", {}, others.map(room))].flat() : "",
    );
  });
}

byId("acting").addEventListener("change", (event) => go(event.target.value, ""));

byId("menu").addEventListener("click", (event) => {
  const open = event.currentTarget.getAttribute("aria-expanded") !== "true";
  event.currentTarget.setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("menu-open", open);
});

window.addEventListener("hashchange", () => {
  byId("menu").setAttribute("aria-expanded", "false");
  document.body.classList.remove("menu-open");
});
