// Making elements. Words go in as text; the only markup is what the server made, where all that was typed is escaped.

/** An element: h("button", {type: "button", onclick}, "Send"). Properties with a dash or colon are attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

const policy = globalThis.trustedTypes?.createPolicy("sandbox", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

/** The nodes of HTML that the server made. */
export function nodesOf(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html ?? "");
  return template.content;
}

/** Makes the children of a list these, and touches none that stays. */
export function patch(list, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...list.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (list.childNodes[at] !== node) list.insertBefore(node, list.childNodes[at] ?? null);
  });
}

/** Remembers what was made of a state, and makes it anew only where the state is another. */
export class Kept {
  #made = new Map();

  clear() {
    this.#made.clear();
  }

  node(key, state, make) {
    const before = this.#made.get(key);
    if (before?.state === state) return before.node;
    const node = make(before?.node);
    this.#made.set(key, { state, node });
    return node;
  }
}

/** Runs a redrawing and puts the focus, and the place in a text, back where it was. */
export function keepingFocus(redraw) {
  const before = document.activeElement;
  const id = before?.id;
  const selection = before ? placeIn(before) : null;
  redraw();
  if (!id || document.activeElement === before) return;
  const after = byId(id);
  if (!after) return;
  after.focus({ preventScroll: true });
  if (selection) {
    try {
      after.setSelectionRange(...selection);
    } catch {
      // A date or a number has no place in its text.
    }
  }
}

function placeIn(element) {
  try {
    return typeof element.selectionStart === "number" ? [element.selectionStart, element.selectionEnd] : null;
  } catch {
    return null;
  }
}

/** Says that something went wrong, until it is put away; the last three. */
export function say(words) {
  const toasts = byId("toasts");
  for (const old of toasts.children) if (old.dataset.words === words) return;
  const toast = h("div", { className: "toast", "data-words": words }, h("p", {}, words), h("button", { type: "button", onclick: () => toast.remove() }, "Dismiss"));
  toasts.append(toast);
  while (toasts.childElementCount > 3) toasts.firstElementChild.remove();
}

/** Takes back what was said. */
export function unsay(words) {
  for (const old of [...byId("toasts").children]) if (old.dataset.words === words) old.remove();
}

/** Tells a screen reader, and nobody else. */
export function announce(words) {
  byId("heard").textContent = words;
}

/** Asks before doing; true where the person says yes. */
export function confirmed({ title, text, yes, no, style = "primary" }) {
  const dialog = byId("confirm");
  const close = (answer) => () => dialog.close(answer ? "yes" : "no");
  dialog.replaceChildren(
    h("h2", { id: "confirm-title" }, title),
    h("div", { id: "confirm-text" }, text),
    h("div", { className: "feet" }, h("button", { type: "button", onclick: close(false) }, no), h("button", { type: "button", className: style, onclick: close(true) }, yes)),
  );
  dialog.returnValue = "no";
  const before = document.activeElement?.id;
  dialog.showModal();
  return new Promise((done) =>
    dialog.addEventListener(
      "close",
      () => {
        if (before) byId(before)?.focus();
        done(dialog.returnValue === "yes");
      },
      { once: true },
    ),
  );
}
