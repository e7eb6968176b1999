// The right side: the clock that the host lets people move, and what the app did.

import { byId, h, keepingFocus } from "./dom.js";
import { lookAt } from "./messages.js";
import { clockTime, known, marked, moment } from "./text.js";
import { go, place, step } from "./wire.js";

let drawn = "";
let told = "";
let busy = "";
let entries = [];
let newest = 0;

export const newestEntry = () => newest;

export function forgetTimeline() {
  entries = [];
  newest = 0;
  told = "";
  drawn = "";
  byId("entries").replaceChildren();
}

export function drawClock(snapshot) {
  const { clock, timeline, guide } = snapshot;
  byId("side").hidden = !clock && !timeline && !guide;
  byId("fold").hidden = byId("side").hidden;
  drawSteps(clock);
  if (timeline) drawTimeline(timeline, snapshot.app);
}

function drawSteps(clock) {
  const state = JSON.stringify([clock, told, busy]);
  if (state === drawn) return;
  drawn = state;
  const section = byId("clock");
  section.hidden = !clock;
  shortly = clock ? `Clock: ${clock.now}` : "";
  fold(document.body.classList.contains("side-folded"));
  if (!clock) return;
  const press = (id) => async () => {
    if (busy) return;
    busy = id;
    drawSteps(clock);
    const answer = await step(id);
    busy = "";
    told = answer?.told ?? "";
    drawSteps(answer?.view ?? clock);
  };
  const button = ({ id, label }) => h("button", { type: "button", id: `step-${id}`, onclick: press(id), "aria-busy": busy === id ? "true" : undefined, "aria-disabled": busy && busy !== id ? "true" : undefined }, label);
  keepingFocus(() =>
    section.replaceChildren(
      h("h2", { id: "clock-title" }, "Clock"),
      h("p", { className: "now" }, clock.now),
      h("ul", { className: "notes" }, clock.notes.map((note) => h("li", {}, note))),
      h("div", { className: "steps" }, clock.steps.map(button)),
      h("p", { className: "told", role: "status" }, busy ? "The clock is moving…" : told),
    ),
  );
}

function drawTimeline(fresh, app) {
  byId("timeline").hidden = false;
  byId("timeline-title").textContent = `What ${app} did, and why`;
  const seen = entries.length;
  for (const entry of fresh) {
    if (entry.id <= newest) continue;
    newest = entry.id;
    entries.push(entry);
    byId("entries").prepend(row(entry));
  }
  if (!entries.length && !byId("entries").childElementCount) byId("entries").append(h("li", { className: "empty" }, "Nothing yet."));
  else if (!seen && entries.length) byId("entries").querySelector(".empty")?.remove();
}

function row(entry) {
  const at = moment(entry.at);
  const when = `${at.toLocaleDateString("en-GB", { timeZone: known.zone, weekday: "short", day: "numeric", month: "short" })}, ${clockTime(at)}`;
  const show = () => {
    const there = entry.place.ts && byId(`m-${entry.place.ts}`);
    if (place.channel === entry.place.channel && there) return lookAt(entry.place.ts);
    wanted = entry.place.ts ?? "";
    // Where we do not see it, as somebody who does.
    go(known.channels.has(entry.place.channel) ? place.user : (entry.seen_by ?? place.user), entry.place.channel);
    return undefined;
  };
  return h(
    "li",
    {},
    h("p", { className: "note" }, h("time", { dateTime: at.toISOString() }, when)),
    h("p", { className: "title" }, entry.title),
    entry.html ? h("div", { className: "detail" }, marked(entry.html)) : null,
    entry.place ? h("button", { type: "button", className: "plain", onclick: show, "aria-label": `Show: ${entry.title}` }, "Show") : null,
  );
}

let wanted = "";
new MutationObserver(() => {
  if (wanted && byId(`m-${wanted}`)) {
    lookAt(wanted);
    wanted = "";
  }
}).observe(byId("messages"), { childList: true });

/** What the button says while the clock is folded away: at least the moment. */
let shortly = "";

function fold(folded) {
  document.body.classList.toggle("side-folded", folded);
  byId("fold").setAttribute("aria-expanded", String(!folded));
  byId("fold").textContent = folded ? shortly || "Show the clock" : "Hide the clock";
}

byId("fold").addEventListener("click", () => fold(!document.body.classList.contains("side-folded")));

// Where there is no room beside the messages the clock stands above them, and comes first for the keyboard too; on a phone it is
// folded away to begin with.
const slim = matchMedia("(max-width: 1000px)");
const phone = matchMedia("(max-width: 680px)");

function settle() {
  if (slim.matches) byId("main").before(byId("side"));
  else byId("main").after(byId("side"));
  byId("timeline").open = byId("stories").open = !slim.matches;
}

slim.addEventListener("change", settle);
phone.addEventListener("change", () => fold(phone.matches));
settle();
if (phone.matches) fold(true);
