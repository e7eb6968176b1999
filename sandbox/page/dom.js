// Making elements. Text only ever goes in as text, so nothing that anybody typed can become markup.

/** An element: h("button", {type: "button", onclick}, "Send"). Properties with a dash or colon are attributes. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Runs a redrawing and puts the focus, and the place in a text, back where it was. */
export function keepingFocus(redraw) {
  const before = document.activeElement;
  const id = before?.id;
  const selection = before && "selectionStart" in before ? safeSelection(before) : null;
  redraw();
  if (!id || document.activeElement === before) return;
  const after = byId(id);
  if (!after) return;
  after.focus({ preventScroll: true });
  if (selection && "setSelectionRange" in after) {
    try {
      after.setSelectionRange(...selection);
    } catch {
      // A date or a number has no place in its text.
    }
  }
}

function safeSelection(element) {
  try {
    return element.selectionStart === null ? null : [element.selectionStart, element.selectionEnd];
  } catch {
    return null;
  }
}

let hiding;

/** Says something at the foot of the page. */
export function say(words) {
  const notice = byId("notice");
  notice.textContent = words;
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (notice.hidden = true), 8000);
}
