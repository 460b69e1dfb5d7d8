/* Marks on their way: kept on the device before they are sent, sent in order, taken away once the
   server has answered. Each thing that somebody does is one entry with a key of its own, so that a
   retry or a lost answer changes nothing twice. Loaded by every page, so that what waits goes up from
   whichever is open. */
import * as store from "./store.js";

const PERSON = "rollbook.person";
const PAGES = "rollbook-pages"; // the service worker's
const PATIENCE = 15_000; // milliseconds that a request may take
const LARGEST_KEPT_ALIVE = 50_000; // bytes; browsers refuse more than 64 kB
const UNSENT = 1_000; // how long an undo waits for a request to come back
const RETRY = [2_000, 4_000, 8_000, 15_000]; // and how long until the next one
const person = Number(document.body.dataset.person || 0);
const bar = document.querySelector("[data-outbox]");
const news = new EventTarget();
const others = "BroadcastChannel" in self ? new BroadcastChannel("rollbook-outbox") : null;
let obstacle = ""; // what stands in the way: "", "offline", "signed-out", "trouble", "other"
let tries = 0;
let timer;
let going = null;
let again = false;
const fresh = new Map(); // what this page has added and nobody has answered, by its key

/** Hear of it: `answered` with an entry and what became of it, `moved` when the counts may differ. */
export const on = (name, act) => news.addEventListener(name, (event) => act(event.detail));
export const whatStandsInTheWay = () => obstacle;
export const me = person;

const tell = (name, detail) => news.dispatchEvent(new CustomEvent(name, { detail }));
/** Until when what was kept for reading may be read: the evening, or two hours where it is evening. */
export function diesAt(keptAt) {
  const evening = new Date(keptAt).setHours(18, 0, 0, 0);
  return Math.max(evening, keptAt + 2 * 3_600_000);
}

const moved = () => {
  tell("moved");
  others?.postMessage({ name: "moved" });
};

/* ---------- In and out ---------- */

/** A key that no other device makes, also where the page came by plain HTTP. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Keep an entry and send it, one after the other. What was held back for a moment goes first, since
    somebody went on. */
export async function add(entry) {
  const whole = { ...entry, person, state: "waiting" };
  fresh.set(entry.key, whole);
  kept = kept.catch(() => {}).then(() => keep(whole));
  const n = await kept;
  moved();
  send();
  return n;
}
let kept = Promise.resolve();

async function keep(entry) {
  for (const one of await mine()) if (one.hold) await store.change(one.n, (it) => ({ ...it, hold: 0 }));
  return store.put(entry);
}

/** Take an entry back that has not been sent; whether it could be. One that is on its way may come
    back unsent in a moment: that much is waited for. */
export async function takeBack(key) {
  await kept.catch(() => {}); // an undo that comes straight after may be faster than the disk
  const entry = (await store.entries()).find((one) => one.key === key);
  if (!entry) return false;
  let found;
  const take = (it) => {
    found = it.state;
    return found === "waiting" ? null : undefined;
  };
  for (const ends = Date.now() + UNSENT; ; await new Promise((on) => setTimeout(on, 50))) {
    found = "gone";
    await store.change(entry.n, take);
    if (found !== "sending" || Date.now() > ends) break;
  }
  if (found === "waiting") fresh.delete(key);
  moved();
  return found === "waiting";
}

/** This person's entries, in order; those of one register where its address is given. */
export async function mine(url) {
  return (await store.entries()).filter((one) => one.person === person && (!url || one.url === url));
}

/** The answer to an entry that asked has been given: it goes. */
export async function settle(n, enrolment) {
  await store.change(n, (entry) => {
    const asks = entry.asks.filter((one) => one.enrolment !== enrolment);
    return asks.length ? { ...entry, asks } : null;
  });
  moved();
}

/* ---------- Sending ---------- */

const alone = (act) =>
  navigator.locks ? navigator.locks.request("rollbook-outbox", act) : act();

/** Send all that waits; while it is going on already, once more afterwards. */
export function send() {
  if (!person) return Promise.resolve();
  if (going) {
    again = true;
    return going;
  }
  clearTimeout(timer);
  going = alone(sendAll).finally(() => {
    going = null;
    if (again) {
      again = false;
      send();
    }
  });
  return going;
}

async function sendAll() {
  for (const left of await mine()) {
    if (left.state === "sending") await store.change(left.n, (it) => ({ ...it, state: "waiting" }));
  }
  for (;;) {
    const now = Date.now();
    const first = (await mine()).find((one) => one.state === "waiting");
    if (first?.hold > now) timer = setTimeout(send, first.hold - now + 20);
    if (!first || first.hold > now) break;
    let entry;
    await store.change(first.n, (it) => {
      entry = it.state === "waiting" ? { ...it, state: "sending" } : undefined;
      return entry;
    });
    if (!entry) continue;
    moved();
    const { answer, stop } = await post(entry);
    if (stop) {
      await store.change(entry.n, (it) => ({ ...it, state: "waiting" }));
      return later(stop);
    }
    tries = 0;
    obstacle = "";
    await take(entry, answer);
  }
  return moved();
}

function later(why) {
  obstacle = why;
  keepForGood();
  const wait = RETRY[Math.min(tries, RETRY.length - 1)];
  tries += 1;
  timer = setTimeout(send, wait);
  moved();
}

/** Marks wait here: ask the browser not to clear them away where its disk is full. */
function keepForGood() {
  if (isAsked) return;
  isAsked = true;
  navigator.storage?.persist?.().catch(() => {});
}
let isAsked = false;

const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || "";

export function ask(url, how = {}) {
  return fetch(url, {
    redirect: "manual",
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout?.(PATIENCE),
    ...how,
    headers: { Accept: "application/json", "X-CSRFToken": token(), ...how.headers },
  });
}

/** Where an entry goes: a register's marks, or what else its page says. */
const addressOf = ({ url, to = "marks/" }) => `${url}${to}`;

/** A request that outlives its page, so that who closes the lid at once has sent it all the same. */
function letter(entry, sent) {
  const body = JSON.stringify(sent);
  const headers = { "Content-Type": "application/json" };
  return [addressOf(entry), { method: "POST", body, headers, keepalive: body.length < LARGEST_KEPT_ALIVE }];
}

/** The page goes: what it still held back is sent. Its key sees to it that it is never saved twice. */
function leave() {
  for (const entry of fresh.values()) {
    const { key, made_at, on_paper, changes, hold } = entry;
    if (!hold || changes.some((one) => one.after)) continue;
    const sent = { key, person, made_at, sent_at: Date.now(), on_paper, changes };
    ask(...letter(entry, sent)).catch(() => {});
  }
}

/** What the server says of an entry, or what stops us from asking. */
async function post(entry, isSecondTry = false) {
  const { key, made_at, on_paper } = entry;
  const changes = await upToDate(entry);
  const sent = { key, person: entry.person, made_at, sent_at: Date.now(), on_paper, changes };
  let response;
  try {
    response = await ask(...letter(entry, sent));
  } catch {
    return { stop: "offline" };
  }
  if (response.type === "opaqueredirect") return { stop: "signed-out" };
  if (response.status >= 500 || response.status === 429) return { stop: "trouble" };
  const said = await response.json().catch(() => null);
  if (response.ok && said) return { answer: said };
  if (response.ok) return { stop: "trouble" }; // a gate of the wifi that answers for us
  if (response.status === 403 && !said) {
    if (isSecondTry) return { stop: "trouble" };
    const fresh = await ask(addressOf(entry)).catch(() => null); // brings a new token
    if (fresh?.type === "opaqueredirect") return { stop: "signed-out" };
    return fresh ? post(entry, true) : { stop: "offline" };
  }
  if (response.status === 409) return { stop: "other" };
  const why = said?.why || "The server does not know this register.";
  const refused = changes.map(({ enrolment }) => ({ enrolment, why }));
  return { answer: { saved: [], conflicts: [], held: [], refused } };
}

/** A change that was made while the one before it was being answered has seen that answer. */
async function upToDate(entry) {
  const rows = (await store.known(entry.url))?.rows || {};
  return entry.changes.map(({ after, ...one }) => {
    const mark = rows[one.enrolment];
    return after && mark?.key === after ? { ...one, seen: mark.version } : one;
  });
}

/** What became of an entry: known marks are kept, later entries follow on, and what is left asks. */
async function take(entry, answer) {
  const of = Object.fromEntries(entry.changes.map((one) => [one.enrolment, one]));
  const after = (await mine(entry.url)).filter((one) => one.n > entry.n);
  const superseded = (enrolment) =>
    after.some((one) => one.changes.some((it) => it.enrolment === enrolment));
  const versions = Object.fromEntries(answer.saved.map((one) => [one.enrolment, one.version]));
  for (const one of after) await store.change(one.n, (it) => followOn(it, entry, versions));
  await store.know(
    entry.url,
    Object.fromEntries(
      answer.saved.map(({ enrolment, version }) => {
        const { code, minutes, comment } = of[enrolment];
        return [enrolment, { version, code, minutes, comment, key: entry.key }];
      }),
    ),
  );
  const asks = [
    ...(entry.rest ? [] : answer.conflicts).map((one) => ({ ...one, kind: "conflict" })),
    ...answer.refused.map((one) => ({ ...one, kind: "refused" })),
  ].filter((one) => of[one.enrolment] && !superseded(one.enrolment));
  if (asks.length) await store.change(entry.n, (it) => ({ ...it, state: "asks", asks }));
  else await store.drop(entry.n);
  fresh.delete(entry.key);
  const detail = { entry: { ...entry, asks }, answer };
  tell("answered", detail);
  others?.postMessage({ name: "answered", detail });
  moved();
}

/** A later entry for the same pupil has seen what this one made. */
function followOn(later, entry, versions) {
  let isOurs = false;
  const changes = later.changes.map((one) => {
    if (one.after !== entry.key) return one;
    isOurs = true;
    const before = entry.changes.find((it) => it.enrolment === one.enrolment);
    return { ...one, after: null, seen: versions[one.enrolment] ?? before?.seen ?? one.seen };
  });
  return isOurs ? { ...later, changes } : undefined;
}

/* ---------- The line on every page ---------- */

const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const WHY = {
  offline: "no connection",
  trouble: "the server does not answer",
  "signed-out": "sign in again to send them",
  other: "somebody else has signed in; load the page anew",
};

async function drawBar() {
  if (!bar) return;
  const all = await store.entries();
  const own = all.filter((one) => one.person === person && one.url !== location.pathname);
  const count = (list) => list.reduce((sum, one) => sum + (one.asks || one.changes).length, 0);
  const waiting = own.filter((one) => one.state !== "asks");
  const asking = own.filter((one) => one.state === "asks");
  const theirs = count(all.filter((one) => one.person !== person));
  const parts = [];
  if (waiting.length && (obstacle || !person)) parts.push([waiting, `${many(count(waiting), "mark")} wait${count(waiting) === 1 ? "s" : ""} on this device: ${WHY[obstacle] || "not sent yet"}.`]);
  if (asking.length) parts.push([asking, `${many(count(asking), "mark")} could not be saved and need${count(asking) === 1 ? "s" : ""} you.`]);
  bar.replaceChildren(
    ...parts.map(([list, words]) => {
      const line = document.createElement("p");
      line.className = "sync sync-waiting";
      line.append(`${words} `, ...links(list));
      return line;
    }),
  );
  if (theirs) {
    const line = document.createElement("p");
    line.className = "sync sync-waiting";
    line.textContent = `${many(theirs, "mark")} of somebody else wait${theirs === 1 ? "s" : ""} on this device until that person signs in on it.`;
    bar.append(line);
  }
  bar.hidden = !bar.children.length;
}

function links(list) {
  const labels = new Map(list.map((one) => [one.url, one.label]));
  return [...labels].map(([url, label]) => {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = label;
    return link;
  });
}

/* ---------- Whose device it is now ---------- */

/** Pages and marks that were kept for reading go; what waits to be sent stays. */
export async function wipe() {
  await Promise.all([store.forgetKnown(), self.caches?.delete(PAGES)]);
}

async function greet() {
  await store.forgetOld((keptAt) => diesAt(keptAt) <= Date.now());
  const before = localStorage.getItem(PERSON);
  if (before && before !== String(person)) await wipe();
  if (person) localStorage.setItem(PERSON, person);
  else localStorage.removeItem(PERSON);
}

for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const waiting = (await mine()).length;
    const words = "Some marks have not been sent. They stay on this device, and are sent when you sign in on it again. Sign out?";
    if (waiting && !confirm(words)) return;
    await wipe();
    form.submit();
  });
}

/* ---------- When to try ---------- */

addEventListener("pagehide", leave);
addEventListener("online", send);
addEventListener("offline", () => {
  obstacle = "offline";
  moved();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") send();
});
others?.addEventListener("message", ({ data }) => tell(data.name, data.detail));
on("moved", drawBar);
if ("serviceWorker" in navigator && person) navigator.serviceWorker.register("/register-worker.js").catch(() => {});
greet().then(() => {
  drawBar();
  send();
});
