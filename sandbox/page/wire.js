// Talking to the sandbox.

import { say } from "./dom.js";

/** Where we are: who we act as, and which conversation is open ("home" for the App Home). Kept in the address. */
export const place = { user: "", channel: "" };

export function readAddress() {
  const [user = "", channel = ""] = decodeURIComponent(location.hash.slice(1)).split("/");
  Object.assign(place, { user, channel });
}

export function go(user, channel) {
  location.hash = `${user}/${channel}`;
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `the sandbox answered ${response.status}`);
  return body;
}

export const get = async (path) => answer(await fetch(path));

const post = async (path, body = {}) =>
  answer(
    await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );

/** Lets the person do something; says so where they cannot. Null then. */
export async function act(what, deed = {}) {
  try {
    return await post(`/sandbox/people/${encodeURIComponent(place.user)}/${what}`, deed);
  } catch (error) {
    say(error.message);
    return null;
  }
}

/** Moves the clock. */
export async function step(id) {
  try {
    await post(`/sandbox/clock/${encodeURIComponent(id)}`);
  } catch (error) {
    say(error.message);
  }
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
        say(`The sandbox does not answer: ${error.message}`);
      }
    }
    busy = false;
  };
  const source = new EventSource("/sandbox/changes");
  source.onmessage = run;
  source.onerror = () => say("The connection to the sandbox is lost; trying again.");
  return run;
}
