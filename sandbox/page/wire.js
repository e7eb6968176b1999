// Talking to the sandbox.

import { byId, say } from "./dom.js";

/** Where we are: who we act as, and which conversation is open ("home" for the App Home). Kept in the address. */
export const place = { user: "", channel: "" };

export function readAddress() {
  let hash = "";
  try {
    hash = decodeURIComponent(location.hash.slice(1));
  } catch {
    // An address that was mangled on the way: begin anew.
  }
  const [user = "", channel = ""] = hash.split("/");
  Object.assign(place, { user, channel });
}

export function go(user, channel) {
  location.hash = `${user}/${channel}`;
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.error ?? `The sandbox answered ${response.status}.`), { status: response.status });
  return body;
}

export const get = async (path) => answer(await fetch(path));

async function post(path, body = {}) {
  const lost = () => Object.assign(new Error("That did not arrive: the connection is lost. Try again once it is back."), { lost: true });
  let response;
  try {
    // Carried through though the page be left the moment after.
    response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), keepalive: true });
  } catch {
    throw lost();
  }
  if (response.status === 503) throw lost();
  return answer(response);
}

async function told(doing) {
  try {
    return await doing;
  } catch (error) {
    say(error.message);
    return null;
  }
}

/** Lets the person do something; says so where they cannot. Null then. */
export const act = (what, deed = {}) => told(post(`/sandbox/people/${encodeURIComponent(place.user)}/${what}`, deed));

/** As `act`, but leaves it to the caller to say what is wrong. */
export const tryTo = (what, deed = {}) => post(`/sandbox/people/${encodeURIComponent(place.user)}/${what}`, deed);

/** Moves the clock; what came of it. */
export const step = (id) => told(post(`/sandbox/clock/${encodeURIComponent(id)}`));

/** Asks something of the guide. */
export const ask = (what, wish = {}) => told(post(`/sandbox/guide/${what}`, { user: place.user, ...wish }));

const line = { lost: false, app: "", connected: true };

/** What is wrong with the line, at the top of the page. */
export function sayLine(change) {
  Object.assign(line, change);
  const words = line.lost
    ? "The connection to this page is lost. Reconnecting… What you see may be out of date."
    : line.connected
      ? ""
      : `${line.app} is not connected. What you press or send will not reach it until it is back.`;
  if (byId("line").textContent !== words) byId("line").textContent = words;
}

/** Calls back at every change, one call at a time. */
export function onChange(refresh) {
  let busy = false;
  let again = false;
  const run = async () => {
    again = true;
    if (busy) return;
    busy = true;
    while (again) {
      again = false;
      try {
        await refresh();
      } catch (error) {
        if (error.status >= 500 || (error instanceof TypeError && /fetch/i.test(error.message))) sayLine({ lost: true });
        else say(`The page could not be drawn: ${error.message}`);
      }
    }
    busy = false;
  };
  // A socket and not an event stream, of which a browser keeps no more than six to one place: a tab for each person.
  const listen = (wait) => {
    const socket = new WebSocket(`ws://${location.host}/sandbox/live`);
    socket.onopen = () => {
      wait = 500;
      sayLine({ lost: false });
    };
    socket.onmessage = run;
    socket.onclose = () => {
      sayLine({ lost: true });
      setTimeout(() => listen(Math.min(wait * 2, 5000)), wait);
    };
  };
  listen(500);
  return run;
}
