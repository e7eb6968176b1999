// Guided stories: offered on a first visit, then a step at a time, with what to press pointed at.

import { byId, confirmed, h, keepingFocus } from "./dom.js";
import { put, send, typed } from "./composer.js";
import { known, marked } from "./text.js";
import { ask, go, place } from "./wire.js";

let drawn = "";
let latest = null;
let waiting = false;

export function drawGuide(snapshot) {
  latest = snapshot;
  const { guide } = snapshot;
  byId("stories").hidden = !guide;
  if (!guide) return;
  const shelf = byId("modal").open ? byId("modal") : byId("main");
  const coach = byId("coach");
  if (coach.parentElement !== shelf) {
    if (shelf === byId("main")) byId("head").after(coach);
    else shelf.prepend(coach);
  }
  const tour = guide.tour;
  const state = JSON.stringify([guide, snapshot.me, place, waiting, tour?.aim?.compose && typed() === tour.aim.compose]);
  point(tour?.aim);
  if (state === drawn) return;
  drawn = state;
  coach.hidden = !tour && (guide.offered || !guide.stories.length);
  keepingFocus(() => {
    coach.replaceChildren(...(tour ? step(tour, snapshot) : welcome(guide, snapshot)));
    shelfOfStories(guide);
  });
  point(tour?.aim);
}

async function asking(what, wish) {
  if (waiting) return;
  waiting = true;
  drawGuide(latest);
  await ask(what, wish);
  waiting = false;
  drawGuide(latest);
}

function begin(story) {
  return async () => {
    await asking("begin", { story });
    byId("where").focus();
  };
}

function welcome(guide, { app }) {
  return [
    h("h3", {}, `See what ${app} does, in a few minutes`),
    h("p", {}, "Everybody here is made up, and so is everything they say. Choose a story and click through it, or look round by yourself."),
    h(
      "ul",
      { className: "offers" },
      guide.stories.map((story) =>
        h("li", {}, h("h4", { id: `offer-${story.id}` }, story.title), h("div", {}, marked(story.html)), h("button", { type: "button", id: `begin-${story.id}`, className: "primary", "aria-describedby": `offer-${story.id}`, "aria-busy": waiting ? "true" : undefined, onclick: begin(story.id) }, "Begin this story")),
      ),
    ),
    h("button", { type: "button", id: "coach-leave", onclick: () => asking("leave") }, "Look round by myself"),
  ];
}

function step(tour, snapshot) {
  const leave = h("button", { type: "button", id: "coach-leave", onclick: () => asking("leave") }, tour.html ? "Leave the story" : "Done");
  const head = h("h3", {}, tour.title, " ", h("span", { className: "note" }, tour.html ? `Step ${tour.step + 1} of ${tour.of}` : "The end"));
  if (!tour.html) return [head, h("p", { role: "status" }, "That was the story. Look round, begin another, or start again."), h("div", { className: "actions" }, leave)];
  const [label, does] = next(tour, snapshot);
  return [
    head,
    h("div", { role: "status", className: "words" }, marked(tour.html)),
    h(
      "div",
      { className: "actions" },
      h("button", { type: "button", id: "coach-do", className: "primary", "aria-busy": waiting ? "true" : undefined, onclick: does }, label),
      tour.offer === "Next" ? null : h("button", { type: "button", id: "coach-skip", onclick: () => asking("skip") }, "Skip this step"),
      leave,
    ),
  ];
}

/** What the button does: first take the visitor there, then do the step. */
function next(tour, snapshot) {
  const who = tour.act_as ?? place.user;
  const there = !tour.channel || tour.channel === place.channel || (tour.channel === "dm" && place.channel === snapshot.dm);
  const name = tour.channel === "home" ? "the App Home" : tour.channel === "dm" || !tour.channel ? snapshot.app : `#${known.channels.get(tour.channel)?.name ?? "the channel"}`;
  if (who !== place.user) return [`Become ${known.users.get(who)?.real_name ?? who}`, () => go(who, tour.channel ?? "")];
  if (!there && !byId("modal").open) return [`Go to ${name}`, () => go(who, tour.channel)];
  const text = tour.aim.compose;
  if (text && !byId("composer").hidden) {
    if (typed() === text) return ["Send it for me", send];
    return [
      tour.offer,
      () => {
        put(text);
        drawGuide(latest);
      },
    ];
  }
  return [tour.offer, () => asking("do")];
}

function shelfOfStories(guide) {
  const again = async () => {
    const sure = await confirmed({ title: "Start again?", text: "Everything that was said and recorded here is forgotten, and the clock goes back to the beginning.", yes: "Start again", no: "Keep it" });
    if (sure) await asking("begin", { story: null });
  };
  const item = (story) => h("li", {}, h("button", { type: "button", className: "plain", id: `story-${story.id}`, onclick: begin(story.id), "aria-current": guide.tour?.story === story.id ? "true" : undefined }, story.title));
  byId("shelf").replaceChildren(
    h("ul", {}, guide.stories.map(item)),
    h("button", { type: "button", id: "start-again", "aria-busy": waiting || guide.busy ? "true" : undefined, onclick: again }, "Start again"),
  );
}

/** Marks what the step is about. */
function point(aim) {
  const wanted = new Set();
  if (aim?.press) {
    const root = byId("modal").open ? byId("modal") : byId("main");
    const all = [...root.querySelectorAll("[data-action]")].filter((one) => one.dataset.action === aim.press);
    if (all.length) wanted.add(all.at(-1));
  }
  if (aim?.compose) wanted.add(byId("composer"));
  if (aim?.clock) wanted.add(byId(`step-${aim.clock}`));
  if (aim?.fill) wanted.add(byId("modal").querySelector(".body"));
  for (const old of document.querySelectorAll(".pointed")) if (!wanted.has(old)) old.classList.remove("pointed");
  for (const one of wanted) one?.classList.add("pointed");
}
