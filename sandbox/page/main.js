// The page: asks for what this person sees, draws it, and again at every change.

import { byId, h, keepingFocus } from "./dom.js";
import { draw } from "./blocks.js";
import { drawModal } from "./modal.js";
import { drawComposer, drawMessages, startComposer } from "./messages.js";
import { drawSidebar } from "./sidebar.js";
import { known } from "./mrkdwn.js";
import { act, get, go, onChange, place, readAddress, step } from "./wire.js";

let homeDrawn = "";
let clockDrawn = "";

async function refresh() {
  if (!place.user) {
    const { users } = await get("/sandbox/state");
    const first = users.find((user) => !user.is_bot && !user.deleted);
    if (first) go(first.id, "");
    return;
  }
  const { user, channel } = place;
  const path = `/sandbox/page/${encodeURIComponent(user)}?channel=${encodeURIComponent(channel)}`;
  const snapshot = await get(path).catch(() => null);
  if (!snapshot) return go("", "");
  if (user !== place.user || channel !== place.channel) return undefined;
  known.users = new Map(snapshot.users.map((one) => [one.id, one]));
  known.channels = new Map(snapshot.channels.map((one) => [one.id, one]));
  known.now = snapshot.now;
  if (channel !== "home" && !known.channels.has(channel)) return go(user, snapshot.dm);
  show(snapshot);
  return undefined;
}

function show(snapshot) {
  const home = place.channel === "home";
  const channel = known.channels.get(place.channel);
  document.title = `${home ? "Home" : channel.name} · ${snapshot.team}`;
  byId("where").textContent = home ? `${snapshot.app}: Home` : `${channel.kind === "direct" ? "" : "#"}${channel.name}`;
  const people = (channel?.members ?? []).map((id) => known.users.get(id)?.real_name ?? id).join(", ");
  byId("about").textContent = [home ? "" : people, snapshot.connected ? "" : "The app is not connected."].filter(Boolean).join(" · ");
  drawClock(snapshot.clock);
  drawSidebar(snapshot);
  byId("messages").hidden = home;
  byId("home").hidden = !home;
  if (home) drawHome(snapshot.home);
  else drawMessages(snapshot);
  drawComposer(snapshot);
  drawModal(snapshot.views);
  if (channel?.unread && !document.hidden) act("read", { channel: place.channel });
}

function drawHome(view) {
  const state = JSON.stringify(view);
  if (state === homeDrawn) return;
  homeDrawn = state;
  const context = view && {
    scope: "home",
    values: view.values,
    errors: view.errors,
    does: (action, value) => act("click-in-view", { view: view.id, action, value }),
    changed: () => undefined,
  };
  const nodes = view ? draw(view.content.blocks, context) : [h("p", { className: "note" }, "The app has published nothing here.")];
  keepingFocus(() => byId("home").replaceChildren(...nodes));
}

function drawClock(clock) {
  const state = JSON.stringify(clock);
  if (state === clockDrawn) return;
  clockDrawn = state;
  const section = byId("clock");
  section.hidden = !clock;
  if (!clock) return;
  const press = (id) => async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    await step(id);
    button.disabled = false;
  };
  keepingFocus(() =>
    section.replaceChildren(
      h("p", { className: "now" }, h("strong", {}, clock.now)),
      h("ul", {}, clock.notes.map((note) => h("li", {}, note))),
      h("div", { className: "steps" }, clock.steps.map(({ id, label }) => h("button", { type: "button", id: `step-${id}`, onclick: press(id) }, label))),
    ),
  );
}

function moved() {
  readAddress();
  homeDrawn = "";
  if (place.channel === "home") act("home");
  run();
}

readAddress();
const run = onChange(refresh);
startComposer(run);
window.addEventListener("hashchange", moved);
document.addEventListener("visibilitychange", run);
moved();
