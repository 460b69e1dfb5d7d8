/* How the saving of a register stands, in words at its foot. */
import * as outbox from "../outbox.js";
import { pending, questions, setSync, signIn, url } from "./marks.js";
import { enrolment, form, rows } from "./rows.js";
import { canUndo, hasDraft } from "./undo.js";

const line = document.querySelector("[data-status]");
const undoButton = form.querySelector("[data-undo]");
export const connection = { isOffline: false, isSignedOut: false };
let savedCount = 0;
let onDisk = []; // of these pupils a mark waits in the outbox, as far as we have heard from the disk

export const countSaved = () => {
  savedCount += 1;
};

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const withSync = (state) => rows.filter((row) => row.dataset.sync === state).length;

function obstacle() {
  return outbox.currentObstacle() || (connection.isSignedOut && "signed-out") || (connection.isOffline && "offline") || "";
}

function obstacleWords(problem, waiting) {
  if (problem === "signed-out") {
    return ["waiting", waiting ? `Signed out: ${plural(waiting, "mark")} waiting` : "Signed out", "Sign in again"];
  }
  if (problem === "other") return ["waiting", "Somebody else has signed in here|: load the page anew"];
  const why = problem === "offline" ? "Offline" : "The server does not answer";
  return ["waiting", waiting ? `${why}: ${plural(waiting, "mark")} waiting| on this device` : `${why}|: marks wait on this device`];
}

/** Its kind, its words (those after the line are left out on a phone), what to press. */
function statusWords(waiting, unsaved) {
  const problem = obstacle();
  if (problem) return obstacleWords(problem, waiting);
  if (unsaved) return ["saving", `Saving ${unsaved}`];
  if (hasDraft()) return ["saving", "Saving"];
  const conflicts = withSync("conflict");
  if (conflicts && conflicts === questions.size) {
    return ["waiting", conflicts === 1 ? "1 pupil has two marks" : `${conflicts} pupils have two marks`];
  }
  if (questions.size) return ["waiting", `${questions.size} not saved`];
  const held = withSync("held");
  if (held) return ["waiting", `${plural(held, "mark")} with the office to accept`];
  return ["", savedCount ? "All saved" : "Each mark is saved| as you make it"];
}

/** Say it at once, since "All saved" is wrong from the moment of a tap, and again when the disk has answered. */
export async function showStatus() {
  draw();
  const entries = (await outbox.ownEntries(url)).filter((one) => one.state !== "asks");
  onDisk = entries.flatMap((one) => one.changes.map((it) => it.enrolment));
  draw();
}

function draw() {
  const unsaved = new Set([...onDisk, ...[...pending.keys()].map(enrolment)]);
  const [kind, text, press] = statusWords(new Set(onDisk).size, unsaved.size);
  line.hidden = false;
  line.className = `sync${kind ? ` sync-${kind}` : ""}`;
  if (line.dataset.words !== text) writeLine(text, press);
  if (kind === "waiting") {
    for (const [row] of pending) if (row.dataset.sync === "saving") setSync(row, "waiting");
  }
  undoButton.disabled = !canUndo();
}

function writeLine(text, press) {
  line.dataset.words = text;
  const words = document.createElement("span");
  const [short, rest] = text.split("|");
  words.textContent = short;
  if (rest) words.append(Object.assign(document.createElement("span"), { className: "hide-narrow", textContent: rest }));
  line.replaceChildren(words);
  if (press) {
    const link = document.createElement("a");
    link.href = `${signIn}?next=${encodeURIComponent(url)}`;
    link.textContent = press;
    line.append(" ", link);
  }
}
