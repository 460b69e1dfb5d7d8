/* Marks on their way: kept on the device before they are sent, sent in order, taken away once the
   server has answered. Each thing that somebody does is one entry with a key of its own, so that a
   retry or a lost answer changes nothing twice. Every page has it (outbox-bar.js), so that what waits
   goes up from whichever is open. */
import * as store from "./device-store.js";

const TIMEOUT = 15_000; // milliseconds that a request may take
const LARGEST_KEPT_ALIVE = 50_000; // bytes; browsers refuse more than 64 kB
const TAKE_BACK_WAIT = 1_000; // how long an undo waits for a request to come back
const RETRY_AFTER = [2_000, 4_000, 8_000, 15_000]; // and how long until the next one
export const personId = Number(document.body.dataset.person || 0);
const events = new EventTarget();
const otherTabs = "BroadcastChannel" in self ? new BroadcastChannel("rollbook-outbox") : null;
let obstacle = ""; // what stands in the way: "", "offline", "signed-out", "trouble", "other"
let tries = 0;
let timer;
let sending = null;
let sendAgain = false;
const unanswered = new Map(); // what this page has added and nobody has answered, by its key

/** Listen: `answered` with an entry and what became of it, `changed` when the counts may differ. */
export const on = (name, listener) => events.addEventListener(name, (event) => listener(event.detail));
export const currentObstacle = () => obstacle;

const emit = (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail }));
const notifyChanged = () => {
  emit("changed");
  otherTabs?.postMessage({ name: "changed" });
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
  const whole = { ...entry, person: personId, state: "waiting" };
  unanswered.set(entry.key, whole);
  writing = writing.catch(() => {}).then(() => storeEntry(whole));
  const n = await writing;
  notifyChanged();
  send();
  return n;
}
let writing = Promise.resolve();

async function storeEntry(entry) {
  for (const one of await ownEntries()) if (one.hold) await store.change(one.n, (it) => ({ ...it, hold: 0 }));
  return store.put(entry);
}

/** Take an entry back that has not been sent; whether it could be. One that is on its way may come
    back unsent in a moment: that much is waited for. */
export async function takeBack(key) {
  await writing.catch(() => {}); // an undo that comes straight after may be faster than the disk
  const entry = (await store.entries()).find((one) => one.key === key);
  if (!entry) return false;
  let state;
  const dropIfWaiting = (it) => {
    state = it.state;
    return state === "waiting" ? null : undefined;
  };
  for (const ends = Date.now() + TAKE_BACK_WAIT; ; await new Promise((on) => setTimeout(on, 50))) {
    state = "gone";
    await store.change(entry.n, dropIfWaiting);
    if (state !== "sending" || Date.now() > ends) break;
  }
  if (state === "waiting") unanswered.delete(key);
  notifyChanged();
  return state === "waiting";
}

/** This person's entries, in order; those of one register where its address is given. */
export async function ownEntries(url) {
  return (await store.entries()).filter((one) => one.person === personId && (!url || one.url === url));
}

/** The question that an entry asks of one row has been answered: it goes. */
export async function resolveQuestion(n, enrolment) {
  await store.change(n, (entry) => {
    const asks = entry.asks.filter((one) => one.enrolment !== enrolment);
    return asks.length ? { ...entry, asks } : null;
  });
  notifyChanged();
}

/* ---------- Sending ---------- */

/** In one tab at a time. */
const withLock = (work) =>
  navigator.locks ? navigator.locks.request("rollbook-outbox", work) : work();

/** Send all that waits; while it is going on already, once more afterwards. */
export function send() {
  if (!personId) return Promise.resolve();
  if (sending) {
    sendAgain = true;
    return sending;
  }
  clearTimeout(timer);
  sending = withLock(sendAll).finally(() => {
    sending = null;
    if (sendAgain) {
      sendAgain = false;
      send();
    }
  });
  return sending;
}

async function sendAll() {
  for (const left of await ownEntries()) {
    if (left.state === "sending") await store.change(left.n, (it) => ({ ...it, state: "waiting" }));
  }
  for (;;) {
    const now = Date.now();
    const first = (await ownEntries()).find((one) => one.state === "waiting");
    if (first?.hold > now) timer = setTimeout(send, first.hold - now + 20);
    if (!first || first.hold > now) break;
    let entry;
    await store.change(first.n, (it) => {
      entry = it.state === "waiting" ? { ...it, state: "sending" } : undefined;
      return entry;
    });
    if (!entry) continue;
    notifyChanged();
    const { answer, stop } = await postEntry(entry);
    if (stop) {
      await store.change(entry.n, (it) => ({ ...it, state: "waiting" }));
      return retryLater(stop);
    }
    tries = 0;
    obstacle = "";
    await applyAnswer(entry, answer);
  }
  return notifyChanged();
}

function retryLater(why) {
  obstacle = why;
  requestPersistence();
  const wait = RETRY_AFTER[Math.min(tries, RETRY_AFTER.length - 1)];
  tries += 1;
  timer = setTimeout(send, wait);
  notifyChanged();
}

/** Marks wait here: ask the browser not to clear them away where its disk is full. */
function requestPersistence() {
  if (persistenceRequested) return;
  persistenceRequested = true;
  navigator.storage?.persist?.().catch(() => {});
}
let persistenceRequested = false;

const csrfToken = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || "";

/** A request to the server: nothing from a cache, and a sign-in page is no answer. */
export function request(url, options = {}) {
  return fetch(url, {
    redirect: "manual",
    cache: "no-store",
    credentials: "same-origin",
    signal: AbortSignal.timeout?.(TIMEOUT),
    ...options,
    headers: { Accept: "application/json", "X-CSRFToken": csrfToken(), ...options.headers },
  });
}

/** Where an entry goes: a register's marks, or what else its page says. */
const addressOf = ({ url, to = "marks/" }) => `${url}${to}`;

/** A request that outlives its page, so that who closes the lid at once has sent it all the same. */
function requestFor(entry, sent) {
  const body = JSON.stringify(sent);
  const headers = { "Content-Type": "application/json" };
  return [addressOf(entry), { method: "POST", body, headers, keepalive: body.length < LARGEST_KEPT_ALIVE }];
}

/** The page goes: what it still held back is sent. Its key sees to it that it is never saved twice. */
function sendOnPageHide() {
  for (const entry of unanswered.values()) {
    const { key, made_at, on_paper, changes, hold } = entry;
    if (!hold || changes.some((one) => one.after)) continue;
    const sent = { key, person: personId, made_at, sent_at: Date.now(), on_paper, changes };
    request(...requestFor(entry, sent)).catch(() => {});
  }
}

/** What the server says of an entry, or what stops us from asking. */
async function postEntry(entry, isSecondTry = false) {
  const { key, made_at, on_paper } = entry;
  const changes = await withSeenVersions(entry);
  const sent = { key, person: entry.person, made_at, sent_at: Date.now(), on_paper, changes };
  let response;
  try {
    response = await request(...requestFor(entry, sent));
  } catch {
    return { stop: "offline" };
  }
  if (response.type === "opaqueredirect") return { stop: "signed-out" };
  if (response.status >= 500 || response.status === 429) return { stop: "trouble" };
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { answer: body };
  if (response.ok) return { stop: "trouble" }; // a gate of the wifi that answers for us
  if (response.status === 403 && !body) {
    if (isSecondTry) return { stop: "trouble" };
    const renewed = await request(addressOf(entry)).catch(() => null); // brings a new token
    if (renewed?.type === "opaqueredirect") return { stop: "signed-out" };
    return renewed ? postEntry(entry, true) : { stop: "offline" };
  }
  if (response.status === 409) return { stop: "other" };
  const why = body?.why || "The server does not know this register.";
  const refused = changes.map(({ enrolment }) => ({ enrolment, why }));
  return { answer: { saved: [], conflicts: [], held: [], refused } };
}

/** A change that was made while the one before it was being answered has seen that answer. */
async function withSeenVersions(entry) {
  const rows = (await store.known(entry.url))?.rows || {};
  return entry.changes.map(({ after, ...one }) => {
    const mark = rows[one.enrolment];
    return after && mark?.key === after ? { ...one, seen: mark.version } : one;
  });
}

/** What became of an entry: known marks are kept, later entries follow on, and what is left asks. */
async function applyAnswer(entry, answer) {
  const changeOf = Object.fromEntries(entry.changes.map((one) => [one.enrolment, one]));
  const later = (await ownEntries(entry.url)).filter((one) => one.n > entry.n);
  const superseded = (enrolment) =>
    later.some((one) => one.changes.some((it) => it.enrolment === enrolment));
  const versions = Object.fromEntries(answer.saved.map((one) => [one.enrolment, one.version]));
  for (const one of later) await store.change(one.n, (it) => followOn(it, entry, versions));
  await store.know(
    entry.url,
    Object.fromEntries(
      answer.saved.map(({ enrolment, version }) => {
        const { code, minutes, comment } = changeOf[enrolment];
        return [enrolment, { version, code, minutes, comment, key: entry.key }];
      }),
    ),
  );
  const asks = [
    ...(entry.rest ? [] : answer.conflicts).map((one) => ({ ...one, kind: "conflict" })),
    ...answer.refused.map((one) => ({ ...one, kind: "refused" })),
  ].filter((one) => changeOf[one.enrolment] && !superseded(one.enrolment));
  if (asks.length) await store.change(entry.n, (it) => ({ ...it, state: "asks", asks }));
  else await store.drop(entry.n);
  unanswered.delete(entry.key);
  const detail = { entry: { ...entry, asks }, answer };
  emit("answered", detail);
  otherTabs?.postMessage({ name: "answered", detail });
  notifyChanged();
}

/** A later entry for the same pupil has seen what this one made. */
function followOn(next, entry, versions) {
  let isOurs = false;
  const changes = next.changes.map((one) => {
    if (one.after !== entry.key) return one;
    isOurs = true;
    const before = entry.changes.find((it) => it.enrolment === one.enrolment);
    return { ...one, after: null, seen: versions[one.enrolment] ?? before?.seen ?? one.seen };
  });
  return isOurs ? { ...next, changes } : undefined;
}

/* ---------- When to try ---------- */

addEventListener("pagehide", sendOnPageHide);
addEventListener("online", send);
addEventListener("offline", () => {
  obstacle = "offline";
  notifyChanged();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") send();
});
otherTabs?.addEventListener("message", ({ data }) => emit(data.name, data.detail));
