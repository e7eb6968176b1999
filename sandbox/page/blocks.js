// Block Kit as elements. What a person does with an element is handed to `does(action, value)`.

import { h } from "./dom.js";
import { text } from "./text.js";
import { input, interactive } from "./inputs.js";

/** Draws blocks. `context` has `scope` (unique on the page), `values`, `errors`, `does` and `changed`. */
export function draw(blocks, context) {
  return blocks.map((block) => one(block, context));
}

export function one(block, context) {
  switch (block.type) {
    case "header":
      return h(context.heading ?? "h4", { className: "header" }, text(block.text));
    case "divider":
      return h("hr");
    case "section":
      return section(block, context);
    case "context":
      return h("div", { className: "context" }, block.elements.map((part) => (part.type === "image" ? image(part) : h("span", {}, text(part)))));
    case "actions":
      return h("div", { className: "actions" }, block.elements.map((element) => interactive(block, element, context)));
    case "input":
      return input(block, context);
    case "image":
      return h("figure", {}, block.title ? h("figcaption", {}, text(block.title)) : null, image(block));
    case "video":
      return h("figure", {}, h("figcaption", {}, text(block.title)), image(block));
    case "rich_text":
      return h("div", { className: "section rich" }, block.elements.map(rich));
    case "markdown":
      return h("div", { className: "section words" }, text(block));
    case "table":
      return table(block);
    default:
      return h("p", { className: "note" }, `(a block of type ${block.type})`);
  }
}

function section(block, context) {
  const accessory = block.accessory;
  const side = accessory && (accessory.type === "image" ? image(accessory) : interactive(block, accessory, context));
  return h(
    "div",
    { className: "section" },
    h(
      "div",
      { className: "words" },
      block.text ? h("div", {}, text(block.text)) : null,
      block.fields ? h("div", { className: "fields" }, block.fields.map((field) => h("div", {}, text(field)))) : null,
    ),
    side ? h("div", { className: "accessory" }, side) : null,
  );
}

// Nothing is loaded from elsewhere: a picture is told by its words.
function image(block) {
  return h("span", { className: "picture", role: "img", "aria-label": block.alt_text }, h("span", { "aria-hidden": "true" }, `Picture: ${block.alt_text}`));
}

function table(block) {
  const cell = (tag) => (one) => h(tag, tag === "th" ? { scope: "col" } : {}, one.type === "rich_text" ? one.elements.map(rich) : (one.text ?? ""));
  const [first, ...rest] = block.rows;
  return h("div", { className: "table", tabIndex: 0, role: "region", "aria-label": "Table" }, h("table", {}, h("thead", {}, h("tr", {}, first.map(cell("th")))), h("tbody", {}, rest.map((row) => h("tr", {}, row.map(cell("td")))))));
}

function rich(part) {
  const inside = () => (part.elements ?? []).map(leaf);
  switch (part.type) {
    case "rich_text_list":
      return h(part.style === "ordered" ? "ol" : "ul", part.style === "ordered" && part.offset ? { start: part.offset + 1 } : {}, part.elements.map((item) => h("li", {}, rich(item))));
    case "rich_text_preformatted":
      return h("pre", {}, inside());
    case "rich_text_quote":
      return h("blockquote", {}, inside());
    default:
      return h("div", {}, inside());
  }
}

function leaf(one) {
  if (one.type === "color") return h("code", {}, one.value);
  let node = h("span", { className: "leaf" }, text(one));
  const style = one.style ?? {};
  if (style.code) node = h("code", {}, node);
  if (style.bold) node = h("strong", {}, node);
  if (style.italic) node = h("em", {}, node);
  if (style.strike) node = h("s", {}, node);
  return node;
}
