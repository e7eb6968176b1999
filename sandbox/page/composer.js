// The message box, with the commands that fit what is being typed.

import { announce, byId, h, say } from "./dom.js";
import { remark } from "./messages.js";
import { known } from "./text.js";
import { act, place, tryTo } from "./wire.js";

let commands = [];
let offers = [];
let at = -1;
let lastTs = "";
/** What was typed and not sent, by person and conversation. */
const drafts = new Map();
let where = "";

/** The client's errors, in plain words. */
const meaning = {
  dispatch_failed: "It did not reach the app.",
  operation_timeout: "The app did not answer within three seconds; it may still have done what you asked.",
};

const field = byId("composer-text");
const box = byId("commands");

export function drawComposer(snapshot) {
  commands = snapshot.commands;
  lastTs = snapshot.messages?.at(-1)?.ts ?? "0";
  const channel = known.channels.get(place.channel);
  const why = !channel ? "" : channel.archived ? "This channel is archived." : channel.member ? "" : `You are not in #${channel.name}, so you can read it and not write in it.`;
  byId("composer").hidden = !channel || Boolean(why);
  byId("composer-closed").hidden = !why;
  byId("composer-closed").textContent = why;
  field.placeholder = channel ? `Message ${channel.kind === "direct" ? "" : "#"}${channel.name}, or type /` : "";
  const now = `${place.user}/${place.channel}`;
  if (now !== where) {
    if (where) drafts.set(where, field.value);
    where = now;
    field.value = drafts.get(now) ?? "";
    suggest();
  }
}

function fitting() {
  const typed = field.value;
  if (!typed.startsWith("/")) return [];
  const space = typed.indexOf(" ");
  if (space < 0) {
    return commands.filter((command) => command.name.startsWith(typed)).map((command) => ({ words: `${command.name} `, show: command.name, note: command.hint }));
  }
  const command = commands.find((one) => one.name === typed.slice(0, space));
  const rest = typed.slice(space + 1).toLowerCase();
  return (command?.suggestions ?? [])
    .filter((one) => one.text.toLowerCase().startsWith(rest) && one.text.toLowerCase() !== rest)
    .map((one) => ({ words: `${command.name} ${one.text}`, show: `${command.name} ${one.text}`, note: one.description }));
}

function suggest() {
  offers = fitting();
  at = -1;
  box.hidden = !offers.length;
  box.replaceChildren(
    ...offers.map((offer, number) =>
      h(
        "li",
        { id: `command-${number}`, role: "option", "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => pick(number) },
        h("strong", {}, offer.show),
        " ",
        h("span", { className: "note" }, offer.note),
      ),
    ),
  );
  field.removeAttribute("aria-activedescendant");
  if (offers.length) announce(`${offers.length} ${offers.length === 1 ? "command" : "commands"}; arrow keys choose`);
}

function point(number) {
  at = (number + offers.length) % offers.length;
  [...box.children].forEach((option, here) => option.setAttribute("aria-selected", String(here === at)));
  field.setAttribute("aria-activedescendant", `command-${at}`);
  box.children[at].scrollIntoView({ block: "nearest" });
}

function pick(number) {
  // What is still to be filled in, such as REF, is left for the person to type.
  field.value = offers[number].words.replace(/(?:\s+(?:\[.*|<.*|@?[A-Z]{3,}.*|….*))$/, " ");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  suggest();
}

/** Puts words into the message box, as a person would. */
export function put(words) {
  field.value = words;
  field.focus();
  suggest();
}

export const typed = () => field.value;
export const send = () => byId("composer").requestSubmit();

/** Wires the composer; `redraw` draws anew. */
export function startComposer(redraw) {
  field.addEventListener("input", suggest);
  field.addEventListener("blur", () => (box.hidden = true));
  field.addEventListener("focus", () => (box.hidden = !offers.length));
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const listed = !box.hidden && offers.length;
    if (listed && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      point(at < 0 ? (event.key === "ArrowDown" ? 0 : -1) : at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (listed && event.key === "Escape") {
      box.hidden = true;
    } else if (listed && at >= 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      pick(at);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });
  byId("composer").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    const [from, ts] = [where, lastTs];
    field.value = "";
    suggest();
    const name = text.split(/\s/)[0];
    if (/^\/[a-z0-9]/i.test(text) && commands.length && !commands.some((command) => command.name === name)) {
      remark(`“${name}” is not a valid command. In Slack, all messages that start with the “/” character are interpreted as commands.`, ts);
      field.value = text;
      return redraw();
    }
    byId("composer").setAttribute("aria-busy", "true");
    let answer = null;
    try {
      answer = text.startsWith("/") ? await tryTo("type", { channel: place.channel, text }) : await act("type", { channel: place.channel, text });
    } catch (error) {
      // Where the connection is lost nothing is drawn until it is back.
      if (error.lost) say(error.message);
      else remark(error.message, ts);
    }
    byId("composer").removeAttribute("aria-busy");
    if (answer?.failed) remark(`${name} failed with the error “${answer.failed}”. ${meaning[answer.failed] ?? ""} What you typed is still in the message box.`, ts);
    if ((!answer || answer.failed) && where === from && !field.value) field.value = text;
    redraw();
  });
}
