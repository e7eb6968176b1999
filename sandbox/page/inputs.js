// Buttons, menus, pickers and fields.

import { byId, h } from "./dom.js";
import { known, text } from "./mrkdwn.js";

const plain = (object) => object?.text ?? "";

/** An element of an actions block, or beside a section: what is pressed or chosen goes to the app at once. */
export function interactive(block, element, context) {
  const action = `${block.block_id}/${element.action_id}`;
  const does = async (value) => {
    if (!element.confirm || (await confirmed(element.confirm))) await context.does(action, value);
  };
  if (element.type === "button" || element.type === "workflow_button") return button(block, element, context, does);
  if (element.type === "overflow") {
    const choose = (option) => h("button", { type: "button", onclick: () => does(option.value) }, plain(option.text));
    return h("details", { className: "overflow" }, h("summary", { "aria-label": "More" }, "⋯"), element.options.map(choose));
  }
  const id = `${context.scope}-${block.block_id}-${element.action_id}`;
  const label = plain(element.placeholder) || plain(block.text) || element.action_id;
  const control = field(element, id, valueOf(block, element, context), does, { "aria-label": label });
  const warned = context.warning === action || context.warning === element.action_id;
  return warned ? h("span", {}, control, warning()) : control;
}

function button(block, element, context, does) {
  const id = `${context.scope}-${block.block_id}-${element.action_id}`;
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-busy", "true");
    if (element.url && /^https?:/i.test(element.url)) window.open(element.url, "_blank", "noopener");
    await does(null);
    byId(id)?.removeAttribute("aria-busy");
  };
  const made = h("button", { type: "button", id, className: element.style ?? "", onclick: press, "aria-label": element.accessibility_label }, text(element.text));
  const warned = context.warning === element.action_id || context.warning === `${block.block_id}/${element.action_id}`;
  return warned ? h("span", {}, made, warning()) : made;
}

const warning = () => h("span", { className: "warning", role: "img", "aria-label": "The app did not answer. Press again.", title: "The app did not answer. Press again." }, "⚠️");

/** An input block: label, field, hint, error. */
export function input(block, context) {
  const { element } = block;
  const id = `${context.scope}-${block.block_id}`;
  const error = context.errors?.[block.block_id];
  const notes = [block.hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  const attributes = { "aria-describedby": notes || undefined, "aria-invalid": error ? "true" : undefined, "aria-required": block.optional ? undefined : "true" };
  const changed = (value) => context.changed(block, element, value);
  const control = field(element, id, valueOf(block, element, context), changed, attributes);
  const label = [plain(block.label), block.optional ? h("span", { className: "note" }, " (optional)") : null];
  const below = [
    block.hint ? h("p", { id: `${id}-hint`, className: "note" }, plain(block.hint)) : null,
    error ? h("p", { id: `${id}-error`, className: "error" }, error) : null,
  ];
  if (["checkboxes", "radio_buttons"].includes(element.type)) {
    return h("fieldset", { className: "input", ...attributes }, h("legend", {}, label), control, below);
  }
  return h("div", { className: "input" }, h("label", { htmlFor: id }, label), control, below);
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

function field(element, id, value, changed, attributes) {
  const current = chosen(value);
  const [first = ""] = current;
  const placeholder = plain(element.placeholder);
  const onchange = (event) => changed(event.target.value === "" ? null : event.target.value);
  const simple = (type, more = {}) => h("input", { type, id, value: first, placeholder, onchange, ...attributes, ...more });
  switch (element.type) {
    case "plain_text_input": {
      const shared = { id, value: first, placeholder, onchange, maxLength: element.max_length ?? 3000, ...attributes };
      return element.multiline ? h("textarea", { rows: 4, ...shared }) : h("input", { type: "text", ...shared });
    }
    case "rich_text_input": {
      const words = richWords(value.rich_text_value);
      return h("textarea", { id, rows: 4, value: words, placeholder, onchange: (event) => changed(richValue(event.target.value)), ...attributes });
    }
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
      const set = (event) => changed(event.target.value ? Math.floor(new Date(event.target.value).getTime() / 1000) : null);
      return simple("datetime-local", { value: local, onchange: set });
    }
    case "checkboxes":
    case "radio_buttons":
      return boxes(element, id, current, changed);
    case "file_input":
      return h("p", { className: "note" }, "Files cannot be chosen here.");
    default:
      return menu(element, id, current, changed, placeholder, attributes);
  }
}

function boxes(element, id, current, changed) {
  const several = element.type === "checkboxes";
  const set = (event) => {
    const boxes = [...event.currentTarget.closest(".boxes").querySelectorAll("input:checked")].map((box) => box.value);
    changed(several ? boxes : (boxes[0] ?? null));
  };
  const box = (option, at) =>
    h(
      "label",
      {},
      h("input", { type: several ? "checkbox" : "radio", name: id, id: `${id}-${at}`, value: option.value, checked: current.includes(option.value), onchange: set }),
      h("span", {}, text(option.text), option.description ? h("span", { className: "note" }, " ", text(option.description)) : null),
    );
  return h("div", { className: "boxes" }, element.options.map(box));
}

function menu(element, id, current, changed, placeholder, attributes) {
  const several = element.type.startsWith("multi_");
  const option = (one) => h("option", { value: one.value, selected: current.includes(one.value) }, plain(one.text));
  const group = (one) => h("optgroup", { label: plain(one.label) }, one.options.map(option));
  const named = (value, name) => h("option", { value, selected: current.includes(value) }, name);
  const people = () => [...known.users.values()].filter((user) => !user.is_bot && !user.deleted).map((user) => named(user.id, user.real_name));
  const channels = () => [...known.channels.values()].map((channel) => named(channel.id, `#${channel.name}`));
  let options = [];
  if (element.type.endsWith("users_select")) options = people();
  else if (element.type.endsWith("channels_select") || element.type.endsWith("conversations_select")) options = channels();
  else if (element.option_groups) options = element.option_groups.map(group);
  else options = (element.options ?? []).map(option);
  const set = (event) => {
    const values = [...event.target.selectedOptions].map((one) => one.value).filter(Boolean);
    changed(several ? values : (values[0] ?? null));
  };
  const none = several ? null : h("option", { value: "", selected: current.length === 0 }, placeholder || "Choose…");
  return h("select", { id, multiple: several, onchange: set, ...attributes }, none, options);
}

const richValue = (words) =>
  words ? { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: words }] }] } : null;

const richWords = (value) => (value?.elements ?? []).flatMap((part) => part.elements ?? []).map((leaf) => leaf.text ?? "").join("");

/** Asks before doing; true where the person says yes. */
function confirmed(confirm) {
  const dialog = byId("confirm");
  const close = (answer) => h("button", { type: "button", className: answer ? (confirm.style ?? "primary") : "", onclick: () => dialog.close(answer ? "yes" : "no") }, plain(answer ? confirm.confirm : confirm.deny));
  dialog.replaceChildren(h("h2", { id: "confirm-title" }, plain(confirm.title)), h("p", {}, text(confirm.text)), h("div", { className: "feet" }, close(false), close(true)));
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}
