// The modal on top of the person's stack.

import { byId, h, keepingFocus } from "./dom.js";
import { draw } from "./blocks.js";
import { act } from "./wire.js";

let shown = "";
let drawn = "";
/** What is typed and not yet told, by view, block and action; and the tellings under way. */
const drafts = new Map();
let telling = Promise.resolve();

function queued(deed) {
  telling = telling.then(deed, deed);
  return telling;
}

export function drawModal(views) {
  const dialog = byId("modal");
  const view = views.at(-1);
  if (!view) {
    shown = drawn = "";
    drafts.clear();
    if (dialog.open) dialog.close();
    return;
  }
  const state = JSON.stringify(view) + views.length;
  if (state !== drawn) {
    drawn = state;
    const scroll = view.id === shown ? (dialog.querySelector(".body")?.scrollTop ?? 0) : 0;
    keepingFocus(() => dialog.replaceChildren(...content(view, views.length)));
    dialog.querySelector(".body").scrollTop = scroll;
    const firstError = dialog.querySelector("[aria-invalid=true]");
    if (firstError && Object.keys(view.errors).length && !dialog.contains(document.activeElement?.closest("[aria-invalid]"))) firstError.focus();
  }
  if (!dialog.open) dialog.showModal();
  if (view.id !== shown) {
    shown = view.id;
    dialog.querySelector("input, textarea, select, .feet button:last-child")?.focus();
  }
}

function content(view, depth) {
  const { content, values, errors, failure, busy } = view;
  const scope = `v-${view.id}`;
  const kept = structuredClone(values);
  for (const [key, draft] of drafts) {
    if (draft.view === view.id && kept[draft.block]?.[draft.action] && key) {
      kept[draft.block][draft.action].value = draft.words;
    }
  }
  const context = {
    scope,
    values: kept,
    errors,
    does: (action, value) => queued(() => act("click-in-view", { view: view.id, action, value })),
    changed: (block, element, value) => {
      drafts.delete(`${view.id}/${block.block_id}`);
      return queued(() => act("fill", { view: view.id, block: block.block_id, value }));
    },
  };
  const submit = async (event) => {
    event.preventDefault();
    document.activeElement?.blur?.();
    await queued(() => act("submit", { view: view.id }));
  };
  const close = () => queued(() => act("close", { view: view.id }));
  const typed = (event) => {
    const block = content.blocks.find((one) => `${scope}-${one.block_id}` === event.target.id);
    if (block?.element?.type === "plain_text_input") {
      drafts.set(`${view.id}/${block.block_id}`, { view: view.id, block: block.block_id, action: block.element.action_id, words: event.target.value });
    }
  };
  return [
    h(
      "form",
      { noValidate: true, onsubmit: submit, oninput: typed, "aria-busy": busy ? "true" : undefined },
      h("header", {}, h("h2", { id: "modal-title" }, content.title?.text ?? ""), h("button", { type: "button", className: "close", "aria-label": "Close", onclick: () => queued(() => act("close-all")) }, "✕")),
      failure ? h("p", { className: "error failure", role: "alert" }, failure) : null,
      h("div", { className: "body" }, draw(content.blocks ?? [], context)),
      h(
        "div",
        { className: "feet" },
        h("button", { type: "button", id: `${scope}-close`, onclick: close }, content.close?.text ?? (depth > 1 ? "Back" : "Cancel")),
        content.submit
          ? h("button", { type: "submit", id: `${scope}-submit`, className: "primary", disabled: busy }, busy ? "Sending…" : content.submit.text)
          : null,
      ),
    ),
  ];
}

byId("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  if (shown) queued(() => act("close", { view: shown }));
});
