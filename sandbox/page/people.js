// Whom we act as, and choosing somebody else.

import { byId, h, keepingFocus } from "./dom.js";
import { initials, known, tint } from "./text.js";
import { go, place } from "./wire.js";

let drawn = "";
let groups = [];
let sought = "";

export const face = (user, size = "") => h("span", { className: `face ${size} ${user?.is_bot ? "app" : ""} ${tint(user?.id ?? "?")}`, "aria-hidden": "true" }, initials(user?.real_name ?? "?"));

export function drawPeople(snapshot) {
  const state = JSON.stringify([snapshot.users, snapshot.groups, place.user]);
  if (state === drawn) return;
  drawn = state;
  groups = snapshot.groups;
  const me = known.users.get(place.user);
  const others = snapshot.users.filter((user) => user.id !== place.user && user.waiting).length;
  byId("acting").replaceChildren(
    face(me),
    h(
      "span",
      { className: "who" },
      h("span", { className: "mark" }, "Acting as"),
      h("strong", {}, me.real_name),
      me.title ? h("span", { className: "mark" }, me.title) : null,
    ),
    h("span", { className: "change" }, h("span", {}, "Change"), others ? h("span", { className: "visually-hidden" }, `${others} ${others === 1 ? "person has" : "people have"} something new`) : null, others ? h("span", { className: "count", "aria-hidden": "true" }, String(others)) : null),
  );
  if (byId("people").open) keepingFocus(list);
}

byId("acting").addEventListener("click", () => {
  sought = "";
  const dialog = byId("people");
  dialog.replaceChildren(
    h(
      "header",
      {},
      h("h2", { id: "people-title" }, "Act as"),
      h("button", { type: "button", className: "close", "aria-label": "Close", onclick: () => dialog.close() }, "✕"),
    ),
    h(
      "div",
      { className: "search" },
      h("label", { htmlFor: "people-search" }, "Find a person by name or role"),
      h("input", {
        id: "people-search",
        type: "search",
        autocomplete: "off",
        oninput: (event) => {
          sought = event.target.value.trim().toLowerCase();
          list();
        },
        onkeydown: (event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          byId("people").querySelector(".person")?.click();
        },
      }),
    ),
    h("p", { id: "people-found", className: "visually-hidden", role: "status" }),
    h("div", { className: "body", id: "people-list" }),
  );
  list();
  dialog.showModal();
  byId("people-search").focus();
});

function list() {
  let found = 0;
  const fits = (user, name) => user && !user.is_bot && !user.deleted && `${user.real_name} ${user.title} ${name}`.toLowerCase().includes(sought);
  const person = (heading) => (user) => {
    found += 1;
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          className: "person",
          id: `person-${user.id}`,
          "aria-current": user.id === place.user ? "true" : undefined,
          onclick: () => {
            byId("people").close();
            go(user.id, place.channel === "home" ? "home" : "");
          },
        },
        face(user),
        h("span", { className: "who" }, h("strong", {}, user.real_name), user.title && user.title !== heading ? h("span", { className: "mark" }, user.title) : null),
        user.waiting ? h("span", { className: "count" }, String(user.waiting), h("span", { className: "visually-hidden" }, " new for them")) : null,
      ),
    );
  };
  const sections = groups.map(({ name, users }, at) => {
    const items = users.map((id) => known.users.get(id)).filter((user) => fits(user, name)).map(person(name));
    return items.length ? h("section", { "aria-labelledby": `group-${at}` }, h("h3", { id: `group-${at}` }, name), h("ul", {}, items)) : null;
  });
  byId("people-list").replaceChildren(...sections.filter(Boolean), ...(found ? [] : [h("p", { className: "empty" }, "Nobody by that name or role.")]));
  byId("people-found").textContent = found === 1 ? "1 person" : `${found} people`;
}

byId("people").addEventListener("close", () => byId("acting").focus());
byId("people").addEventListener("click", (event) => {
  if (event.target === event.currentTarget) event.currentTarget.close();
});
