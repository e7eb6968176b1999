// The modal on top of the person's stack. Its blocks are made anew only where they changed, so that nobody is disturbed in
// typing; what is typed is told to the sandbox, so that a reload finds it again.

import { byId, h, Kept, keepingFocus, patch } from "./dom.js";
import { one } from "./blocks.js";
import { act } from "./wire.js";

let shown = "";
let framed = "";
let values = new Map();
/** Blocks whose value comes from here: an echo of it is no reason to draw. */
const own = new Set();
/** Fields with words in them that were not told yet. */
const untold = new Set();
const blocks = new Kept();
let telling = Promise.resolve();
let returnTo = "";
/** The page is being left: what is still to be told does not wait its turn. */
let leaving = false;

/** One telling after another, as a person does one thing after another. */
function queued(deed) {
  if (leaving) return deed();
  telling = telling.then(deed, deed);
  return telling;
}

export function drawModal(views) {
  const dialog = byId("modal");
  const view = views.at(-1);
  if (!view) return closed(dialog);
  const fresh = view.id !== shown;
  if (fresh) {
    if (!shown) returnTo = document.activeElement?.id ?? "";
    shown = view.id;
    framed = "";
    blocks.clear();
    values = new Map();
    own.clear();
    untold.clear();
  }
  const { content, failure, busy, errors } = view;
  const frame = JSON.stringify([content.title, content.submit, content.close, failure, busy, views.length]);
  if (frame !== framed) {
    framed = frame;
    keepingFocus(() => drawFrame(dialog, view, views.length));
  }
  const before = dialog.dataset.errors;
  dialog.dataset.errors = JSON.stringify(errors);
  const inside = dialog.querySelector(".body");
  keepingFocus(() => patch(inside, body(view)));
  reachable(inside);
  if (!dialog.open) dialog.showModal();
  const wrong = Object.keys(errors).length && before !== dialog.dataset.errors;
  if (wrong) dialog.querySelector("[aria-invalid=true]")?.focus();
  else if (fresh) (dialog.querySelector(".body :is(input, textarea, select, button)") ?? dialog.querySelector(".feet button:last-child"))?.focus();
}

/** Words in which nothing takes the focus take it themselves, so that the keyboard can scroll them. */
function reachable(inside) {
  const mere = !inside.querySelector("input, textarea, select, button, a[href], summary, [tabindex]");
  for (const [name, value] of Object.entries({ tabindex: "0", role: "region", "aria-labelledby": "modal-title" })) {
    if (mere) inside.setAttribute(name, value);
    else inside.removeAttribute(name);
  }
}

function closed(dialog) {
  shown = framed = "";
  blocks.clear();
  if (!dialog.open) return;
  // The coach may stand in it, and is no part of it.
  dialog.close();
  for (const child of [...dialog.children]) if (child.id !== "coach") child.remove();
  (byId(returnTo) ?? byId("composer-text")).focus();
  returnTo = "";
}

function body(view) {
  const scope = `v-${view.id}`;
  const context = {
    scope,
    heading: "h3",
    values: view.values,
    errors: view.errors,
    does: (action, value) => queued(() => act("click-in-view", { view: view.id, action, value })),
    changed: (block, element, value) => {
      own.add(block.block_id);
      untold.delete(`${scope}-${block.block_id}`);
      return queued(async () => {
        const answer = await act("fill", { view: view.id, block: block.block_id, value });
        if (!answer) own.delete(block.block_id);
      });
    },
  };
  return (view.content.blocks ?? []).map((block) => {
    const id = block.block_id;
    const value = JSON.stringify(view.values[id]);
    const known = values.get(id);
    // A value that was put in elsewhere is drawn; our own, coming back, is not.
    const news = known === undefined || value !== known.seen;
    const drawnValue = known === undefined || (news && !own.has(id) && !untold.has(`${scope}-${id}`)) ? value : known.drawn;
    if (news) own.delete(id);
    values.set(id, { seen: value, drawn: drawnValue });
    return blocks.node(id, JSON.stringify([block, view.errors[id], drawnValue]), () => one(block, context));
  });
}

function drawFrame(dialog, view, depth) {
  const { content, failure, busy } = view;
  const scope = `v-${view.id}`;
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    tellAll();
    await queued(() => act("submit", { view: view.id }));
  };
  const close = () => queued(() => act("close", { view: view.id }));
  const words = dialog.querySelector(".body") ?? h("div", { className: "body" });
  const form = h(
    "form",
    { noValidate: true, onsubmit: submit, "aria-busy": busy ? "true" : undefined },
    h("header", {}, h("h2", { id: "modal-title" }, content.title?.text ?? ""), h("button", { type: "button", className: "close", id: `${scope}-x`, "aria-label": "Close", onclick: () => queued(() => act("close-all")) }, "✕")),
    failure ? h("p", { className: "error failure", role: "alert" }, failure) : null,
    words,
    h(
      "div",
      { className: "feet" },
      h("button", { type: "button", id: `${scope}-close`, onclick: close }, content.close?.text ?? (depth > 1 ? "Back" : content.submit ? "Cancel" : "Close")),
      content.submit ? h("button", { type: "submit", id: `${scope}-submit`, className: "primary", "aria-busy": busy ? "true" : undefined, "aria-disabled": busy ? "true" : undefined }, content.submit.text) : null,
    ),
  );
  const scroll = words.scrollTop;
  for (const child of [...dialog.children]) if (child.id !== "coach") child.remove();
  dialog.append(form);
  words.scrollTop = scroll;
}

/** Words that are not told yet are told now. */
function tellAll() {
  for (const id of [...untold]) byId(id)?.dispatchEvent(new Event("change"));
}

byId("modal").addEventListener("input", (event) => untold.add(event.target.id));
window.addEventListener("pagehide", () => {
  leaving = true;
  tellAll();
});
window.addEventListener("pageshow", () => (leaving = false));

byId("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  if (shown) queued(() => act("close", { view: shown }));
});

// A browser closes a dialog by itself when Escape is pressed twice: what is open in the workspace stays open.
byId("modal").addEventListener("close", () => {
  if (shown) byId("modal").showModal();
});
