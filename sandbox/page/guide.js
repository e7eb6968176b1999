// Guided stories: offered on a first visit, then a step at a time, with what to press pointed at.

import { byId, confirmed, h, keepingFocus } from "./dom.js";
import { put, send, typed } from "./composer.js";
import { known, marked } from "./text.js";
import { act, ask, go, place } from "./wire.js";

let drawn = "";
let latest = null;
let waiting = false;
/** The step that is shown. */
let at = "";
/** Set where a press on the coach's own button leads on by itself: from this step, or to the beginning of this story. */
let led = { from: "", to: "" };
/** The step that could not be done for the visitor. */
let failed = "";
/** The form that was asked to be filled in. */
let prepared = "";
/** The message that was scrolled to. */
let lookedAt = "";
/** What is to have the focus once it is there. */
let wanted = "";

export function drawGuide(snapshot) {
  latest = snapshot;
  const { guide } = snapshot;
  byId("stories").hidden = !guide;
  if (!guide) return;
  const shelf = byId("modal").open ? byId("modal") : byId("main");
  const coach = byId("coach");
  const { tour } = guide;
  const moved = follow(tour, snapshot);
  const state = JSON.stringify([guide, snapshot.me, place, waiting, failed, snapshot.views.length]);
  if (coach.parentElement !== shelf) {
    keepingFocus(() => {
      if (shelf === byId("main")) byId("head").after(coach);
      else shelf.prepend(coach);
    });
  }
  point(tour?.aim);
  if (state !== drawn) {
    drawn = state;
    coach.hidden = !tour && (guide.offered || !guide.stories.length);
    keepingFocus(() => {
      coach.replaceChildren(...(tour ? step(tour, snapshot) : welcome(guide, snapshot)));
      shelfOfStories(guide);
    });
    point(tour?.aim);
  }
  if (moved && tour) focusCoach();
}

/** Notes where the story is; true where the visitor has just come to a step. */
function follow(tour, snapshot) {
  const now = keyOf(tour);
  if (now !== at) {
    const leads = (led.from && led.from === at) || (led.to && led.to === now);
    at = now;
    failed = "";
    wanted = "coach-do";
    if (leads) led = { from: "", to: "" };
    if (leads && tour?.html && elsewhere(tour, snapshot)) goOn(tour);
  }
  const form = snapshot.views.at(-1);
  if (tour?.aim?.fill && form?.content.callback_id === tour.aim.fill && prepared !== form.id && (tour.act_as ?? place.user) === place.user) {
    prepared = form.id;
    ask("prepare");
  }
  return Boolean(wanted) && !waiting;
}

/** Puts the focus on what leads on, unless somebody is typing. */
function focusCoach() {
  const here = document.activeElement;
  const typing = here?.matches("input, textarea, select") && here.value;
  if (document.querySelector("dialog[open]") || typing) return;
  byId(wanted)?.focus({ preventScroll: true });
  byId("coach").scrollIntoView({ block: "nearest" });
  wanted = "";
}

async function asking(what, wish) {
  if (waiting) return null;
  waiting = true;
  drawGuide(latest);
  const answer = await ask(what, wish);
  waiting = false;
  drawGuide(latest);
  return answer;
}

function begin(story) {
  return async () => {
    led = { from: "", to: story ? `${story}/0` : "" };
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
        h("li", {}, h("h4", { id: `offer-${story.id}` }, story.title), h("div", {}, marked(story.html)), h("button", { type: "button", id: `begin-${story.id}`, className: "primary", "aria-labelledby": `begin-${story.id} offer-${story.id}`, "aria-busy": waiting ? "true" : undefined, onclick: begin(story.id) }, "Begin this story")),
      ),
    ),
    h("button", { type: "button", id: "coach-leave", onclick: () => asking("leave") }, "Look round by myself"),
  ];
}

function step(tour, snapshot) {
  const leave = h("button", { type: "button", id: "coach-leave", className: tour.html ? "plain" : "", onclick: () => asking("leave") }, tour.html ? "Leave the story" : "Look round");
  const who = known.users.get(tour.act_as ?? place.user);
  const away = tour.html ? elsewhere(tour, snapshot) : null;
  const mark = !tour.html ? "The end" : `Step ${tour.step + 1} of ${tour.of}${away ? "" : ` · you are ${who?.real_name}`}`;
  const head = [h("h3", {}, tour.title), h("p", { className: "note" }, mark)];
  if (!tour.html) return theEnd(tour, snapshot, head, leave);
  const other = who.id !== place.user && h("span", {}, " Next, you are ", h("strong", {}, who.real_name), who.title ? `, ${who.title}.` : ".");
  const words = away ? h("p", {}, "That is done.", other) : marked(tour.html);
  const [label, does] = away ? ["Go on", () => goOn(tour)] : [tour.offer, () => doIt(tour, snapshot)];
  const stuck = failed === keyOf(tour);
  return [
    ...head,
    h("div", { role: "status", className: "words" }, words),
    h(
      "div",
      { className: "actions" },
      h("button", { type: "button", id: "coach-do", className: "primary", "aria-busy": waiting || snapshot.guide.busy ? "true" : undefined, onclick: does }, label),
      stuck ? h("button", { type: "button", id: "coach-skip", onclick: () => asking("skip") }, "Skip this step") : null,
      leave,
    ),
  ];
}

/** What there is to do once a story is told: the next one first. */
function theEnd(tour, { guide }, head, leave) {
  const next = guide.stories[guide.stories.findIndex((story) => story.id === tour.story) + 1];
  const words = "That was the story. Look round: everything here works. You can begin another story, or start again, at any time.";
  return [
    ...head,
    h("p", { role: "status" }, words),
    h(
      "div",
      { className: "actions" },
      next ? h("button", { type: "button", id: "coach-do", className: "primary", "aria-busy": waiting || guide.busy ? "true" : undefined, onclick: begin(next.id) }, `Next story: ${next.title}`) : null,
      leave,
    ),
  ];
}

const keyOf = (tour) => (tour ? `${tour.story}/${tour.step}` : "");

/** Whether the step is somewhere else: as somebody else, in another conversation, or behind a form that is done with. */
function elsewhere(tour, snapshot) {
  if ((tour.act_as ?? place.user) !== place.user) return true;
  const form = snapshot.views.at(-1);
  if (form) {
    const ours = tour.aim.fill === form.content.callback_id || (tour.aim.press && byId("modal").querySelector(`[data-action="${CSS.escape(tour.aim.press)}"]`));
    if (!ours) return true;
  }
  return !form && Boolean(tour.channel) && tour.channel !== place.channel && !(tour.channel === "dm" && place.channel === snapshot.dm);
}

/** Takes the visitor there. */
async function goOn(tour) {
  if (byId("modal").open) await act("close-all");
  const who = tour.act_as ?? place.user;
  wanted = "coach-do";
  if (who !== place.user || (tour.channel && tour.channel !== place.channel)) go(who, tour.channel ?? "");
  else drawGuide(latest);
}

async function doIt(tour, snapshot) {
  const text = tour.aim.compose;
  if (text && !byId("composer").hidden) {
    put(text);
    // Long enough to be seen.
    await new Promise((done) => setTimeout(done, 600));
    if (typed() === text) send();
    return;
  }
  // What was only read, or waited for, leads straight on; after a deed of their own the visitor sees what came of it.
  if (!tour.aim.press && !tour.aim.fill) led = { from: keyOf(tour), to: "" };
  const done = await asking("do");
  if (done) return;
  led = { from: "", to: "" };
  failed = keyOf(tour);
  drawn = "";
  drawGuide(latest);
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
  if (aim?.fill) wanted.add(byId("modal").querySelector(".feet .primary"));
  const told = aim?.look && byId(`m-${aim.look}`);
  if (told) {
    wanted.add(told);
    // Once, so that the visitor may scroll.
    if (lookedAt !== `${place.channel} ${aim.look} ${at}`) {
      lookedAt = `${place.channel} ${aim.look} ${at}`;
      told.scrollIntoView({ block: "start" });
    }
  }
  for (const old of document.querySelectorAll(".pointed")) if (!wanted.has(old)) old.classList.remove("pointed");
  for (const one of wanted) one?.classList.add("pointed");
}
