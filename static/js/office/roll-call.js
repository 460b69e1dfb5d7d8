/* A roll call while it is on: each tick goes up as it is made and waits on the device while there is
   no connection; what others tick appears by itself. Whatever is here the plain form does too. */
import * as outbox from "../outbox.js";
import * as store from "../device-store.js";

const EVERY = 2_500; // milliseconds between two looks: within five seconds all is here
const SELDOM = 10_000; // and where the server does not answer
const call = document.querySelector("[data-roll-call]");
const url = call.dataset.rollCall;
const status = call.querySelector("[data-status]");
const rows = new Map([...call.querySelectorAll("[data-child]")].map((row) => [Number(row.dataset.child), row]));
const waiting = new Map(); // the key of the last press for a pupil that nobody has answered
const checkbox = (row) => row.querySelector("input[type=checkbox]");
let etag = "";

/* ---------- What is shown ---------- */

function showTick(row, isFound, words = "") {
  checkbox(row).checked = isFound;
  row.classList.toggle("is-found", isFound);
  row.querySelector("[data-by]").textContent = words;
}

function setText(place, words) {
  if (place && place.textContent !== String(words)) place.textContent = words;
}

function showCounts() {
  let all = 0;
  for (const group of call.querySelectorAll("[data-group]")) {
    const missing = group.querySelectorAll("[data-expected]:not(.is-found)").length;
    all += missing;
    const link = call.querySelector(`[data-of-group="${group.dataset.group}"]`);
    for (const place of [group, link]) {
      setText(place.querySelector("[data-missing]"), missing);
      place.classList.toggle("is-done", !missing);
    }
    group.querySelector("[data-all-here]").hidden = !missing;
  }
  setText(document.querySelector("[data-missing-all]"), all);
  call.querySelector("[data-all-found]").hidden = all > 0;
}

const OBSTACLES = { offline: "no connection", "signed-out": "sign in again", trouble: "the server does not answer", other: "somebody else has signed in" };

async function showStatus() {
  const mine = (await outbox.ownEntries(url)).filter((one) => one.state !== "asks");
  const number = mine.reduce((sum, one) => sum + one.changes.length, 0);
  const why = OBSTACLES[outbox.currentObstacle()];
  status.classList.toggle("sync-waiting", Boolean(number && why));
  if (number && why) setText(status, `${number} ${number === 1 ? "tick waits" : "ticks wait"} on this device: ${why}.`);
  else setText(status, number || waiting.size ? "Saving" : "All saved");
}

/* ---------- Ticking ---------- */

function tick(ticked, isFound) {
  const key = outbox.newKey();
  const changes = ticked.map((row) => ({ enrolment: Number(row.dataset.child), found: isFound }));
  for (const row of ticked) {
    waiting.set(Number(row.dataset.child), key);
    row.dataset.sync = "saving";
    showTick(row, isFound, isFound ? "by you" : "");
  }
  showCounts();
  setText(status, "Saving");
  outbox.add({ key, url, to: "ticks/", label: call.dataset.label, rest: false, made_at: Date.now(), hold: 0, changes });
  showStatus();
}

call.addEventListener("change", (event) => {
  const row = event.target.closest("[data-child]");
  if (row && event.target === checkbox(row)) tick([row], event.target.checked);
});

for (const button of call.querySelectorAll("[data-all-here]")) {
  button.addEventListener("click", () => {
    const group = button.closest("[data-group]");
    tick([...group.querySelectorAll("[data-expected]:not(.is-found)")], true);
    group.querySelector("h2").setAttribute("tabindex", "-1");
    group.querySelector("h2").focus();
  });
}

outbox.on("answered", ({ entry, answer }) => {
  if (entry.url !== url) return;
  for (const one of entry.changes) {
    if (waiting.get(one.enrolment) !== entry.key) continue;
    waiting.delete(one.enrolment);
    const row = rows.get(one.enrolment);
    delete row?.dataset.sync;
    const refused = answer.refused.find((it) => it.enrolment === one.enrolment);
    if (row && refused) showTick(row, !one.found, refused.why);
  }
  showStatus();
  fetchTicks();
});
outbox.on("changed", showStatus);

/* ---------- What others tick ---------- */

async function fetchTicks() {
  let response;
  try {
    response = await outbox.request(`${url}ticks/`, etag ? { headers: { "If-None-Match": etag } } : {});
  } catch {
    return false;
  }
  if (response.status === 304) return true;
  if (!response.ok) return false;
  const body = await response.json().catch(() => null);
  if (!body?.found || body.person !== outbox.personId) return false;
  etag = response.headers.get("ETag") || "";
  for (const [pk, row] of rows) {
    if (waiting.has(pk)) continue;
    const found = body.found[pk];
    const at = found && new Date(found.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    showTick(row, Boolean(found), found ? `${found.by}, ${at}` : "");
  }
  showCounts();
  if (body.ended) location.reload();
  return !body.ended;
}

async function watchTicks() {
  const isWell = document.visibilityState === "hidden" || (await fetchTicks());
  setTimeout(watchTicks, isWell ? EVERY : SELDOM);
}

/* ---------- Everybody, or who is missing ---------- */

for (const link of call.querySelectorAll("[data-show]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    call.classList.toggle("only-missing", link.dataset.show === "missing");
    for (const one of call.querySelectorAll("[data-show]")) {
      if (one === link) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    }
  });
}

/* What waited on this device from before stands as it was ticked. */
store.entries().then((all) => {
  for (const entry of all.filter((one) => one.url === url && one.person === outbox.personId)) {
    for (const one of entry.changes) {
      const row = rows.get(one.enrolment);
      if (!row) continue;
      waiting.set(one.enrolment, entry.key);
      row.dataset.sync = "saving";
      showTick(row, one.found, one.found ? "by you" : "");
    }
  }
  call.classList.add("is-live");
  showCounts();
  showStatus();
  watchTicks();
});
