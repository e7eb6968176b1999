// Block Kit as elements. What a person does with an element is handed to `does(action, value)`.

import { h } from "./dom.js";
import { link, mrkdwn, text } from "./mrkdwn.js";
import { input, interactive } from "./inputs.js";

/** Draws blocks. `context` has `scope` (unique on the page), `values`, `errors`, `does` and `changed`. */
export function draw(blocks, context) {
  return blocks.map((block) => one(block, context));
}

function one(block, context) {
  switch (block.type) {
    case "header":
      return h("h3", { className: "header" }, text(block.text));
    case "divider":
      return h("hr");
    case "section":
      return section(block, context);
    case "context":
      return h("p", { className: "context" }, block.elements.flatMap((part) => [h("span", {}, part.type === "image" ? image(part) : text(part)), " "]));
    case "actions":
      return h("div", { className: "actions" }, block.elements.map((element) => interactive(block, element, context)));
    case "input":
      return input(block, context);
    case "image":
      return h("figure", {}, block.title ? h("figcaption", {}, text(block.title)) : null, image(block));
    case "rich_text":
      return h("div", { className: "section" }, block.elements.map(rich));
    case "markdown":
      return h("div", { className: "section" }, mrkdwn(block.text));
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
      block.text ? h("p", {}, text(block.text)) : null,
      block.fields ? h("div", { className: "fields" }, block.fields.map((field) => h("p", {}, text(field)))) : null,
    ),
    side ? h("div", { className: "accessory" }, side) : null,
  );
}

// Nothing is loaded from elsewhere: a picture is told by its words.
function image(block) {
  return h("span", { className: "picture", role: "img", "aria-label": block.alt_text }, `[${block.alt_text}]`);
}

function rich(part) {
  const inside = () => (part.elements ?? []).map(richLeaf);
  switch (part.type) {
    case "rich_text_list":
      return h(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => h("li", {}, rich(item))));
    case "rich_text_preformatted":
      return h("pre", {}, inside());
    case "rich_text_quote":
      return h("blockquote", {}, inside());
    default:
      return h("p", {}, inside());
  }
}

function richLeaf(leaf) {
  if (leaf.type === "link") return link(leaf.url, leaf.text);
  if (leaf.type === "user") return h("span", {}, mrkdwn(`<@${leaf.user_id}>`));
  if (leaf.type === "channel") return h("span", {}, mrkdwn(`<#${leaf.channel_id}>`));
  if (leaf.type === "emoji") return h("span", {}, mrkdwn(`:${leaf.name}:`));
  let node = h("span", { className: "rich" }, leaf.text ?? "");
  const style = leaf.style ?? {};
  if (style.code) node = h("code", {}, node);
  if (style.bold) node = h("strong", {}, node);
  if (style.italic) node = h("em", {}, node);
  if (style.strike) node = h("s", {}, node);
  return node;
}
