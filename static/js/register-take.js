/* Taking a register: each mark goes up as it is made, waits on the device while there is no
   connection, and what others mark meanwhile appears by itself. */
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { code, draw, enrolment, form, fillMinutes, isSame, look, nameOf, put, rowOf, rows } from "./register.js";
import { canUndo, hasDraft, isDraft, savedBy, say, seen, undo } from "./register-journal.js";

const { url, label, signIn } = form.dataset;
const EVERY = 2_500; // milliseconds between two looks at the register: within five seconds all is here
const SELDOM = 10_000; // and where the server can hardly follow
const UNDO = 2_000; // how long one press for many can be taken back
const status = document.querySelector("[data-status]");
const undoing = form.querySelector("[data-undo]");
const ended = document.querySelector("[data-ended]");
const known = new Map(rows.map((row) => [row, served(row)])); // the mark that stands, as far as we know
const last = new Map(); // the key of the last thing done to a row that has not been answered
const asking = new Map(); // rows with two marks, or with one that was refused
let tag = "";
let savedCount = 0;
let isOver = false;
let isKept = true;
store.isKept().then((yes) => {
  isKept = yes;
});

/* ---------- What is known ---------- */

function served(row) {
  const [version, symbol, late] = row.querySelector("input[name^='was-']").value.split("|");
  const comment = row.querySelector("input[name^='said-']")?.value || "";
  return { version: Number(version), code: symbol, minutes: late, comment };
}

const shape = (mark) => ({
  version: mark.version,
  code: mark.code,
  minutes: mark.minutes == null ? "" : String(mark.minutes),
  comment: mark.comment ?? "",
});

/** A mark that stands, from an answer or a look; shown unless something of ours is on its way. */
function stand(row, mark) {
  const before = known.get(row);
  if (mark.version < before.version) return false;
  const now = { ...shape(mark), comment: mark.comment ?? before.comment };
  known.set(row, now);
  if (last.has(row) || asking.has(row) || isDraft(row)) return false;
  if (isSame({ ...now, paper: "" }, { ...look(row), paper: "" })) return false;
  put(row, now);
  seen(row);
  return true;
}

/* ---------- Up ---------- */

function change(row, after) {
  const before = known.get(row);
  const of = { enrolment: enrolment(row), code: after.code, seen: before.version, after: last.get(row) || null };
  of.minutes = /^\d+$/.test(after.minutes) ? Number(after.minutes) : after.minutes || null;
  of.comment = after.comment === before.comment ? null : after.comment;
  of.paper = after.paper || null;
  return of;
}

/** Keep what has changed in the outbox; its key. */
function give(found, { rest = false } = {}) {
  const sent = found.filter(({ row, after }) => after.code || lacksCode(row));
  if (!sent.length) return null;
  const key = outbox.newKey();
  const entry = { key, url, label, rest, made_at: Date.now(), hold: rest ? Date.now() + UNDO : 0 };
  entry.on_paper = form.querySelector("[name=on_paper]")?.value || "";
  entry.changes = sent.map(({ row, after }) => change(row, after));
  for (const { row } of sent) {
    answered(row);
    last.set(row, key);
    mood(row, "saving");
  }
  outbox.add(entry);
  return key;
}

/** A comment without a code is kept in its row and goes up with the code. */
function lacksCode(row) {
  refuse(row, "A comment stands beside a mark: choose a code with it.");
  return false;
}

async function takeBack(key) {
  const isBack = await outbox.takeBack(key);
  if (isBack) for (const [row, mine] of last) if (mine === key) free(row);
  return isBack;
}

function free(row) {
  last.delete(row);
  mood(row, "");
}

function mood(row, how) {
  if (how) row.dataset.sync = how;
  else delete row.dataset.sync;
  const note = row.querySelector("[data-said]");
  const words = { waiting: "Waits on this device", held: "With the office" }[how];
  if (words) note.textContent = words;
  else if (note.dataset.of !== "others") note.textContent = "";
  if (words) note.dataset.of = "us";
  draw(row);
}

function remark(row, words) {
  const note = row.querySelector("[data-said]");
  note.dataset.of = "us";
  note.textContent = words;
}

/** What is allowed and odd about the mark that was just saved: under the row, until the next one. */
function advise(row, sentences = []) {
  const line = row.querySelector("[data-advice]");
  line.textContent = sentences.join(" ");
  line.hidden = !sentences.length;
  if (sentences.length) say(`${nameOf(row)}: ${line.textContent}`);
}

/* ---------- The answers ---------- */

outbox.on("answered", ({ entry, answer }) => {
  if (entry.url !== url || entry.person !== outbox.me) return;
  const isLast = (row) => !last.has(row) || last.get(row) === entry.key;
  for (const { enrolment: pk, version, paper, advice } of answer.saved) {
    const row = rowOf.get(pk);
    if (!row) continue;
    const mine = entry.changes.find((one) => one.enrolment === pk);
    known.set(row, { ...shape({ ...mine, version }), comment: mine.comment ?? known.get(row).comment });
    if (isLast(row)) free(row);
    if (paper === false) remark(row, "Paper to complete");
    advise(row, advice);
    savedCount += 1;
  }
  for (const { enrolment: pk, why } of answer.held || []) {
    const row = rowOf.get(pk);
    if (!row || !isLast(row)) continue;
    last.delete(row);
    mood(row, "held");
    say(`${nameOf(row)}: ${why}`);
  }
  for (const theirs of entry.rest ? answer.conflicts : []) {
    const row = rowOf.get(theirs.enrolment);
    if (!row || !isLast(row)) continue;
    free(row);
    stand(row, { ...theirs, code: theirs.code || "", minutes: theirs.minutes_late });
    said(row, theirs);
  }
  for (const one of entry.asks) {
    const row = rowOf.get(one.enrolment);
    if (row && isLast(row)) wonder(row, entry, one);
  }
  describe();
});

/** A row with two marks, or with one that could not be saved, until somebody answers. */
function wonder(row, entry, one) {
  last.delete(row);
  const mine = entry.changes.find((it) => it.enrolment === one.enrolment);
  asking.set(row, { n: entry.n, mine });
  if (one.kind === "refused") {
    refuse(row, one.why);
    return;
  }
  known.set(row, shape({ ...one, code: one.code || "", minutes: one.minutes_late }));
  const line = row.querySelector("[data-clash]");
  const at = one.at ? new Date(one.at).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" }) : "";
  line.querySelector("[data-theirs]").textContent = one.code
    ? `${one.by_name || "Somebody else"} marked ${one.code}${one.minutes_late ? `, ${one.minutes_late} min` : ""}${at ? `, at ${at}` : ""}.`
    : "Nobody has marked this pupil.";
  line.querySelector("[data-mine]").textContent = ` You chose ${mine.code}${mine.minutes ? `, ${mine.minutes} min` : ""}.`;
  const [theirs, ours] = line.querySelectorAll("button");
  theirs.textContent = one.code ? `Keep theirs: ${one.code}` : "Leave it blank";
  ours.textContent = `Use mine: ${mine.code}`;
  line.hidden = false;
  row.classList.add("is-conflict");
  mood(row, "conflict");
  say(`${nameOf(row)} has two marks. ${line.querySelector("[data-theirs]").textContent} You chose ${mine.code}.`);
}

function refuse(row, why) {
  const line = row.querySelector("[data-refused]");
  line.querySelector("[data-why]").textContent = why;
  line.hidden = false;
  row.classList.add("is-refused");
  mood(row, "refused");
  say(`${nameOf(row)}: ${why}`);
}

/** The row asks no more: its entry goes, its second line closes. */
function answered(row) {
  const one = asking.get(row);
  if (one?.n) outbox.settle(one.n, enrolment(row));
  asking.delete(row);
  row.classList.remove("is-conflict", "is-refused", "is-unsaved");
  for (const line of row.querySelectorAll("[data-clash], [data-refused]")) line.hidden = true;
  if (["conflict", "refused"].includes(row.dataset.sync)) mood(row, "");
}

form.addEventListener("click", (event) => {
  const press = event.target.closest("[data-answer]");
  if (!press) return;
  event.preventDefault();
  const row = press.closest(".pupil-row");
  const { mine } = asking.get(row) || {};
  answered(row);
  if (press.dataset.answer === "mine" && mine) {
    put(row, { ...mine, comment: mine.comment ?? known.get(row).comment });
    give([{ row, after: look(row) }]);
    say(`${nameOf(row)}: ${mine.code}`);
  } else {
    put(row, known.get(row));
    say(`${nameOf(row)}: ${code(row) || "not marked"}`);
  }
  seen(row);
  describe();
  (row.querySelector(".segs input:checked") || row.querySelector(".segs input")).focus();
});

/* ---------- What others do ---------- */

const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" });

function said(row, { by_name, at, made_at }) {
  const note = row.querySelector("[data-said]");
  note.dataset.of = "others";
  const when = made_at || (at && Date.parse(at) / 1000);
  note.textContent = `${when ? `${clock(when)}, ` : ""}${by_name || "Rollbook"}`;
  say(`${nameOf(row)}: ${code(row) || "not marked"}, by ${by_name || "Rollbook"}`);
}

let looking = null;

/** One look at a time, however many ask for it. */
function lookAround() {
  looking ??= lookOnce().finally(() => {
    looking = null;
  });
  return looking;
}

async function lookOnce() {
  let response;
  try {
    response = await outbox.ask(`${url}marks/`, tag ? { headers: { "If-None-Match": tag } } : {});
  } catch {
    isOffline = true;
    return describe();
  }
  if (response.type === "opaqueredirect") isSignedOut = true;
  else {
    isSignedOut = false;
    if (response.status === 200) await hear(response);
  }
  if (isOffline || outbox.whatStandsInTheWay() === "offline") outbox.send(); // it answers: no need to wait
  isOffline = false;
  return describe();
}
let isOffline = false;
let isSignedOut = false;

async function hear(response) {
  const live = await response.json().catch(() => null);
  if (!live?.marks) return;
  tag = response.headers.get("ETag") || "";
  const keep = {};
  for (const [pk, version, symbol, late, comment, by, by_name, made_at] of live.marks) {
    const mark = { version, code: symbol, minutes: late, comment };
    keep[pk] = mark;
    const row = rowOf.get(pk);
    if (row && stand(row, mark) && by !== outbox.me) said(row, { by_name, made_at });
  }
  store.know(url, keep);
  if (live.ended) end();
}

function end() {
  if (isOver) return;
  isOver = true;
  ended.hidden = false;
  for (const field of form.querySelectorAll(".segs, .extra-fields")) field.inert = true;
  const rest = form.querySelector("[data-rest]");
  if (rest) rest.remove();
  form.classList.add("is-over");
}

/* ---------- How it stands, in words ---------- */

const many = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Its kind, its words (those after the line are left out on a phone), what to press. */
function words(waiting, going) {
  const problem = outbox.whatStandsInTheWay() || (isSignedOut && "signed-out") || (isOffline && "offline") || "";
  const asks = asking.size;
  if (problem === "signed-out") {
    return ["waiting", waiting ? `Signed out: ${many(waiting, "mark")} waiting` : "Signed out", "Sign in again"];
  }
  if (problem === "offline" || problem === "trouble") {
    const why = problem === "offline" ? "Offline" : "The server does not answer";
    return ["waiting", waiting ? `${why}: ${many(waiting, "mark")} waiting| on this device` : `${why}|: marks wait on this device`];
  }
  if (problem === "other") return ["waiting", "Somebody else has signed in here|: load the page anew"];
  if (going) return ["saving", `Saving ${going}`];
  if (hasDraft()) return ["saving", "Saving"];
  const clashes = rows.filter((row) => row.dataset.sync === "conflict").length;
  if (clashes && clashes === asks) return ["waiting", clashes === 1 ? "1 pupil has two marks" : `${clashes} pupils have two marks`];
  if (asks) return ["waiting", `${asks} not saved`];
  const held = rows.filter((row) => row.dataset.sync === "held").length;
  if (held) return ["waiting", `${many(held, "mark")} with the office to accept`];
  return ["", savedCount ? "All saved" : "Each mark is saved| as you make it"];
}

let onDisk = []; // of these pupils a mark waits in the outbox, as far as we have heard from the disk

/** Say it at once, since "All saved" is wrong from the moment of a tap, and again when the disk has answered. */
async function describe() {
  paint();
  const entries = (await outbox.mine(url)).filter((one) => one.state !== "asks");
  onDisk = entries.flatMap((one) => one.changes.map((it) => it.enrolment));
  paint();
}

function paint() {
  const going = new Set([...onDisk, ...[...last.keys()].map(enrolment)]);
  const [kind, text, press] = words(new Set(onDisk).size, going.size);
  status.hidden = false;
  status.className = `sync${kind ? ` sync-${kind}` : ""}`;
  if (status.dataset.words !== text) {
    status.dataset.words = text;
    const line = document.createElement("span");
    const [short, rest] = text.split("|");
    line.textContent = short;
    if (rest) line.append(Object.assign(document.createElement("span"), { className: "hide-narrow", textContent: rest }));
    status.replaceChildren(line);
    if (press) {
      const link = document.createElement("a");
      link.href = `${signIn}?next=${encodeURIComponent(url)}`;
      link.textContent = press;
      status.append(" ", link);
    }
  }
  if (kind === "waiting") {
    for (const [row] of last) if (row.dataset.sync === "saving") mood(row, "waiting");
  }
  undoing.disabled = !canUndo();
}

/* ---------- Begin ---------- */

savedBy(give, takeBack);
outbox.on("moved", describe);
form.addEventListener("stepped", describe);
form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector("[data-save]").hidden = true;
undoing.hidden = false;
undoing.addEventListener("click", undo);

/** What was made on this device before: known marks first, then what has not been answered. */
async function begin() {
  const chosenAlready = rows.filter((row) => !isSame({ ...look(row), paper: "" }, { ...known.get(row), paper: "" }));
  for (const [pk, mark] of Object.entries((await store.known(url))?.rows || {})) {
    const row = rowOf.get(Number(pk));
    if (row && !chosenAlready.includes(row)) stand(row, mark);
  }
  for (const entry of await outbox.mine(url)) {
    for (const one of entry.changes) {
      const row = rowOf.get(one.enrolment);
      if (!row) continue;
      put(row, { ...one, comment: one.comment ?? known.get(row).comment });
      seen(row);
      if (entry.state === "asks") {
        const ask = entry.asks.find((it) => it.enrolment === one.enrolment);
        if (ask) wonder(row, entry, ask);
      } else {
        last.set(row, entry.key);
        mood(row, "saving");
      }
    }
  }
  const early = chosenAlready.filter((row) => !last.has(row) && code(row));
  for (const row of early) if (code(row) === "L") fillMinutes(row);
  if (early.length) give(early.map((row) => ({ row, after: look(row) })));
  for (const row of early) seen(row);
  await lookAround();
}

/** Look again and again; less often where the server is slow to answer, so as not to make it slower. */
async function watch() {
  const dies = outbox.diesAt(Date.now());
  while (!isOver && Date.now() < dies) {
    const began = Date.now();
    if (document.visibilityState === "visible") await lookAround();
    const pause = Math.min(SELDOM, Math.max(EVERY, 3 * (Date.now() - began)));
    await new Promise((on) => setTimeout(on, pause));
  }
  if (!isOver) outbox.wipe().then(() => location.reload());
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !isOver) lookAround();
});
addEventListener("beforeunload", (event) => {
  if (!isKept && last.size) event.preventDefault();
});
addEventListener("online", lookAround);
addEventListener("offline", () => {
  isOffline = true;
  describe();
});
begin().finally(watch);
