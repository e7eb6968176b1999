// Buttons, menus, pickers and fields.

import { byId, confirmed, h } from "./dom.js";
import { known, plain, text } from "./text.js";

/** What was pressed and is not acknowledged yet, by the id of its element. */
const busy = new Set();

/** An element of an actions block, or beside a section: what is pressed or chosen goes to the app at once. */
export function interactive(block, element, context) {
  const action = `${block.block_id}/${element.action_id}`;
  const id = `${context.scope}-${block.block_id}-${element.action_id}`;
  const does = async (value) => {
    if (busy.has(id)) return;
    if (element.confirm && !(await agreed(element.confirm))) return;
    mark(id, true);
    await context.does(action, value);
    mark(id, false);
  };
  const warned = context.warning === action || context.warning === element.action_id;
  const made = control(block, element, context, id, does);
  return warned ? h("span", { className: "warned" }, made, warning()) : made;
}

function mark(id, on) {
  if (on) busy.add(id);
  else busy.delete(id);
  const element = byId(id);
  if (on) element?.setAttribute("aria-busy", "true");
  else element?.removeAttribute("aria-busy");
}

function agreed(confirm) {
  return confirmed({ title: plain(confirm.title), text: text(confirm.text), yes: plain(confirm.confirm) || "Yes", no: plain(confirm.deny) || "Cancel", style: confirm.style ?? "primary" });
}

function control(block, element, context, id, does) {
  if (element.type === "button" || element.type === "workflow_button") return button(element, id, does);
  if (element.type === "overflow") return overflow(element, id, does);
  const label = plain(element.placeholder) || plain(block.text) || element.action_id;
  const value = valueOf(block, element, context);
  const attributes = { "aria-label": label, "data-action": element.action_id };
  if (isBoxes(element)) return h("fieldset", { className: "inline", "aria-label": label }, boxes(element, id, chosen(value), does));
  return field(element, id, value, does, attributes);
}

function button(element, id, does) {
  const press = () => {
    if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener");
    return does(null);
  };
  return h(
    "button",
    { type: "button", id, className: element.style ?? "", onclick: press, "aria-label": element.accessibility_label, "aria-busy": busy.has(id) ? "true" : undefined, "data-action": element.action_id },
    text(element.text),
  );
}

function overflow(element, id, does) {
  const choose = (option) => (event) => {
    event.currentTarget.closest("details").open = false;
    byId(id)?.focus();
    return does(option.value);
  };
  const away = (event) => {
    if (event.key !== "Escape") return;
    event.currentTarget.open = false;
    byId(id)?.focus();
  };
  return h(
    "details",
    { className: "overflow", onkeydown: away },
    h("summary", { id, "aria-label": "More actions", "data-action": element.action_id }, "⋯"),
    h("div", {}, element.options.map((option) => h("button", { type: "button", onclick: choose(option) }, text(option.text)))),
  );
}

const unreached = "This did not reach the app. Press again.";

// The client's sign, and for those who do not know it the words.
const warning = () => [h("span", { className: "warning", role: "img", "aria-label": unreached }, "⚠"), h("span", { className: "note", "aria-hidden": "true" }, unreached)];

const isBoxes = (element) => ["checkboxes", "radio_buttons"].includes(element.type) || element.type.startsWith("multi_");

/** An input block: label, field, hint, error. */
export function input(block, context) {
  const { element } = block;
  const id = `${context.scope}-${block.block_id}`;
  const error = context.errors?.[block.block_id];
  const notes = [block.hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  const described = { "aria-describedby": notes || undefined };
  const changed = (value) => context.changed(block, element, value);
  const value = valueOf(block, element, context);
  const label = [plain(block.label), block.optional ? h("span", { className: "note" }, " (optional)") : null];
  const below = [
    block.hint ? h("p", { id: `${id}-hint`, className: "note" }, plain(block.hint)) : null,
    error ? h("p", { id: `${id}-error`, className: "error" }, error) : null,
  ];
  if (isBoxes(element)) {
    const few = element.type === "checkboxes" || element.type === "radio_buttons";
    const group = boxes(element, id, chosen(value), changed, few ? "" : "many", error ? { "aria-invalid": "true" } : {});
    return h("fieldset", { className: `input${error ? " wrong" : ""}`, id: `${id}-set`, ...described }, h("legend", {}, label), group, below);
  }
  const attributes = { ...described, "aria-invalid": error ? "true" : undefined, "aria-required": block.optional ? undefined : "true" };
  return h("div", { className: "input" }, h("label", { htmlFor: id }, label), field(element, id, value, changed, attributes, block), below);
}

/** What is filled in, in Slack's form. */
function valueOf(block, element, context) {
  return context.values?.[block.block_id]?.[element.action_id] ?? {};
}

/** The entries of a value as plain strings, for any kind of element. */
function chosen(value) {
  const { type, ...rest } = value;
  return Object.values(rest).flat().filter((one) => one !== null).map((one) => (typeof one === "object" ? (one.value ?? "") : String(one)));
}

/** The entry of a field as the stand-in takes it. */
function entered(event) {
  return event.target.value === "" ? null : event.target.value;
}

/** Words are told while they are typed, a little after the last letter, so that a reload loses none. */
function telling(changed, read = entered) {
  let timer = 0;
  let last;
  const tell = (event) => {
    clearTimeout(timer);
    const value = read(event);
    if (JSON.stringify(value) === JSON.stringify(last)) return;
    last = value;
    changed(value);
  };
  return {
    onchange: tell,
    oninput: (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => tell(event), 250);
    },
  };
}

function field(element, id, value, changed, attributes) {
  const [first = ""] = chosen(value);
  const placeholder = plain(element.placeholder);
  const simple = (type, more = {}) => h("input", { type, id, value: first, placeholder, ...telling(changed), ...attributes, ...more });
  switch (element.type) {
    case "plain_text_input": {
      const shared = { id, value: first, placeholder, ...telling(changed), maxLength: element.max_length ?? 3000, ...attributes };
      return element.multiline ? h("textarea", { rows: 4, ...shared }) : h("input", { type: "text", ...shared });
    }
    case "rich_text_input":
      return h("textarea", { id, rows: 4, value: richWords(value.rich_text_value), placeholder, ...telling(changed, (event) => richValue(event.target.value)), ...attributes });
    case "email_text_input":
      return simple("email");
    case "url_text_input":
      return simple("url");
    case "number_input":
      return simple("number", { min: element.min_value ?? "", max: element.max_value ?? "", step: element.is_decimal_allowed ? "any" : "1" });
    case "datepicker":
      return simple("date");
    case "timepicker":
      return simple("time");
    case "datetimepicker": {
      const local = first ? new Date(Number(first) * 1000 - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 16) : "";
      return simple("datetime-local", { value: local, ...telling(changed, (event) => (event.target.value ? Math.floor(new Date(event.target.value).getTime() / 1000) : null)) });
    }
    case "file_input":
      return h("p", { className: "note", id }, "Files cannot be chosen here.");
    default:
      return menu(element, id, first, changed, placeholder, attributes);
  }
}

/** What may be chosen: the app's options, people or conversations. */
function options(element) {
  const named = (value, words) => ({ value, words });
  if (element.type.endsWith("users_select")) {
    return [...known.users.values()].filter((user) => !user.is_bot && !user.deleted).map((user) => named(user.id, user.title ? `${user.real_name}, ${user.title}` : user.real_name));
  }
  if (/(channels|conversations)_select$/.test(element.type)) return [...known.channels.values()].map((channel) => named(channel.id, channel.kind === "direct" ? channel.name : `#${channel.name}`));
  const own = (option) => ({ value: option.value, words: text(option.text), more: option.description && text(option.description), plain: plain(option.text) });
  const groups = element.option_groups?.map((group) => ({ group: plain(group.label), options: group.options.map(own) }));
  return groups ?? (element.options ?? []).map(own);
}

function boxes(element, id, current, changed, className = "", attributes = {}) {
  const several = element.type !== "radio_buttons";
  const set = (event) => {
    const ticked = [...event.currentTarget.closest(".boxes").querySelectorAll("input:checked")].map((box) => box.value);
    changed(several ? ticked : (ticked[0] ?? null));
  };
  let at = 0;
  const box = (option) => {
    const number = at++;
    return h(
      "label",
      {},
      h("input", { type: several ? "checkbox" : "radio", name: id, id: number ? `${id}-${number}` : id, value: option.value, checked: current.includes(option.value), onchange: set, ...attributes }),
      h("span", {}, option.words, option.more ? h("span", { className: "note more" }, option.more) : null),
    );
  };
  const all = options(element).map((one) => (one.options ? [h("p", { className: "note" }, one.group), one.options.map(box)] : box(one)));
  return h("div", { className: `boxes ${className}` }, all);
}

function menu(element, id, current, changed, placeholder, attributes) {
  const option = (one) => h("option", { value: one.value, selected: one.value === current }, one.plain ?? one.words);
  const all = options(element).map((one) => (one.options ? h("optgroup", { label: one.group }, one.options.map(option)) : option(one)));
  return h("select", { id, onchange: (event) => changed(entered(event)), ...attributes }, h("option", { value: "", selected: !current }, placeholder || "Choose…"), all);
}

const richValue = (words) =>
  words ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }] } : null;

const richWords = (value) => (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((leaf) => leaf.text ?? "").join("");
