// The page: asks for what this person sees, draws it, and again at every change.

import { byId, h, keepingFocus, say } from "./dom.js";
import { draw } from "./blocks.js";
import { drawClock, forgetTimeline, newestEntry } from "./clock.js";
import { drawComposer, startComposer } from "./composer.js";
import { drawGuide } from "./guide.js";
import { drawMessages, forgetMessages } from "./messages.js";
import { drawModal } from "./modal.js";
import { drawPeople } from "./people.js";
import { drawSidebar } from "./sidebar.js";
import { known } from "./text.js";
import { act, get, go, onChange, place, readAddress, sayLine } from "./wire.js";

let run = "";
let homeDrawn = "";

async function refresh() {
  if (!place.user) {
    const { users } = await get("/sandbox/state");
    const first = users.find((user) => !user.is_bot && !user.deleted);
    if (first) go(first.id, "");
    return;
  }
  const { user, channel } = place;
  const path = `/sandbox/page/${encodeURIComponent(user)}?channel=${encodeURIComponent(channel)}&after=${newestEntry()}`;
  const snapshot = await get(path).catch((error) => {
    if (error.status !== 404) throw error;
    return null;
  });
  if (user !== place.user || channel !== place.channel) return;
  if (!snapshot) return go("", "");
  if (run && run !== snapshot.run) {
    // Everything was begun anew: so are we. Where the whole program was, nobody here asked for it.
    if (run.split("-")[0] !== snapshot.run.split("-")[0]) say(`${snapshot.app} and everything here was started anew: what was said and recorded before is gone.`);
    forgetMessages();
    forgetTimeline();
    run = snapshot.run;
    return refresh();
  }
  run = snapshot.run;
  known.users = new Map(snapshot.users.map((one) => [one.id, one]));
  known.channels = new Map(snapshot.channels.map((one) => [one.id, one]));
  known.now = snapshot.now;
  known.zone = snapshot.zone;
  if (channel !== "home" && !known.channels.has(channel)) return go(user, snapshot.dm);
  show(snapshot);
}

function show(snapshot) {
  const home = place.channel === "home";
  const channel = known.channels.get(place.channel);
  const name = home ? "Home" : `${channel.kind === "direct" ? "" : "#"}${channel.name}`;
  document.title = `${name} · ${snapshot.team}`;
  if (byId("where").textContent !== name) byId("where").textContent = name;
  byId("about").textContent = home ? `What ${snapshot.app} shows you alone` : aboutChannel(channel, snapshot);
  sayLine({ lost: false, app: snapshot.app, connected: snapshot.connected });
  drawSidebar(snapshot);
  drawPeople(snapshot);
  drawClock(snapshot);
  byId("messages").hidden = home;
  byId("home").hidden = !home;
  if (home) drawHome(snapshot.home, snapshot.app);
  else drawMessages(snapshot);
  drawComposer(snapshot);
  drawModal(snapshot.views);
  drawGuide(snapshot);
  if (channel?.unread && !document.hidden) act("read", { channel: place.channel });
}

function aboutChannel(channel, snapshot) {
  if (channel.kind === "direct") return `Between you and ${snapshot.app}`;
  const people = channel.members.filter((id) => !known.users.get(id)?.is_bot).map((id) => known.users.get(id)?.real_name ?? id);
  const marks = [channel.kind === "private" ? "private" : "", channel.archived ? "archived" : "", channel.ext_shared ? "shared with another organisation" : "", channel.member ? "" : "you are not in it"];
  return [people.length > 4 ? `${people.slice(0, 3).join(", ")} and ${people.length - 3} more` : people.join(", "), ...marks].filter(Boolean).join(" · ");
}

function drawHome(view, app) {
  const state = JSON.stringify(view);
  if (state === homeDrawn) return;
  homeDrawn = state;
  const context = view && {
    scope: "home",
    heading: "h3",
    values: view.values,
    errors: view.errors,
    failure: view.failure,
    does: (action, value) => act("click-in-view", { view: view.id, action, value }),
    changed: (block, element, value) => act("fill", { view: view.id, block: block.block_id, value }),
  };
  const nodes = view
    ? [view.failure ? h("p", { className: "error", role: "alert" }, view.failure) : null, ...draw(view.content.blocks, context)]
    : [h("p", { className: "empty" }, `Nothing is here yet: ${app} has published no Home for you.`)];
  keepingFocus(() => byId("home").replaceChildren(...nodes.filter(Boolean)));
}

function moved() {
  readAddress();
  homeDrawn = "";
  if (place.user && place.channel === "home") act("home");
  redraw();
}

readAddress();
const redraw = onChange(refresh);
startComposer(redraw);
window.addEventListener("hashchange", moved);
document.addEventListener("visibilitychange", redraw);
// The address says where we are, so that the link cannot.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  const shown = ["composer-text", "messages", "home"].map(byId).find((one) => one.offsetParent);
  shown?.focus();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-channel]");
  if (!link) return;
  event.preventDefault();
  go(place.user, link.dataset.channel);
});
moved();
