/* What was done in a register, step by step, so that it can be undone; and the one place that says
   when a step is done: at once, or when somebody has stopped typing. */
import { clearRow, drawRow, form, isSame, nameOf, readRow, rows, writeRow } from "./rows.js";

const shown = new Map(rows.map((row) => [row, readRow(row)])); // as the last step left it
const undoable = [];
const redoable = [];
const liveRegion = document.getElementById("register-said");
let draft = null; // { row, timer }: a row in which somebody is still typing
let send = () => null; // saving.js puts the outbox here
let unsend = async () => true;

export const announce = (words) => {
  liveRegion.textContent = words;
};

/** `sendChanges` sends what has changed and returns its key; `takeBack` says whether a key was unsent. */
export function connectSaving(sendChanges, takeBack) {
  send = sendChanges;
  unsend = takeBack;
}

/** A row that changed by somebody else's doing is no step of ours. */
export const noteShown = (row) => shown.set(row, readRow(row));
export const isDraft = (row) => draft?.row === row;
export const hasDraft = () => Boolean(draft);

function changedRows() {
  return rows
    .map((row) => ({ row, before: shown.get(row), after: readRow(row) }))
    .filter(({ before, after }) => !isSame(before, after));
}

/** Note whatever has changed since the last step, and send it. `options` go to the sender. */
function sendChanged(options) {
  if (draft) clearTimeout(draft.timer);
  draft = null;
  const changed = changedRows();
  if (!changed.length) return null;
  for (const { row, after } of changed) shown.set(row, after);
  return { rows: changed, key: send(changed, options) };
}

/** The same as one step that can be undone. */
export function commitStep(options = {}) {
  const step = sendChanged(options);
  if (step) {
    undoable.push(step);
    redoable.length = 0;
  }
  form.dispatchEvent(new Event("step-committed"));
}

/** The same in a moment, unless more comes for this row: a second letter, a digit, another tap. */
export function commitSoon(row, milliseconds) {
  if (draft && draft.row !== row) commitStep();
  if (draft) clearTimeout(draft.timer);
  draft = { row, timer: setTimeout(commitStep, milliseconds) };
  form.dispatchEvent(new Event("step-committed"));
}

/** One after the other, however fast the keys come. */
let queue = Promise.resolve();
const queued = (work) => () => {
  queue = queue.then(work);
  return queue;
};
export const undo = queued(undoLast);
export const redo = queued(redoNext);

async function undoLast() {
  commitStep();
  const last = undoable.pop();
  if (!last) return announce("Nothing to undo.");
  const isUnsent = !last.key || (await unsend(last.key));
  const stays = isUnsent ? [] : last.rows.filter(({ before }) => !before.code);
  for (const { row, before } of last.rows) if (isUnsent || before.code) writeRow(row, before);
  if (isUnsent) for (const { row } of last.rows) noteShown(row);
  else sendChanged({});
  if (stays.length < last.rows.length) redoable.push(last);
  form.dispatchEvent(new Event("step-committed"));
  return announce(stays.length ? whyTheyStay(stays) : "Undone.");
}

function whyTheyStay(stays) {
  const who = stays.length === 1 ? nameOf(stays[0].row) : `${stays.length} marks`;
  return `${who}: saved already. A mark in a register is never taken away; choose the code that is right.`;
}

function redoNext() {
  commitStep();
  const next = redoable.pop();
  if (!next) return announce("Nothing to redo.");
  for (const { row, after } of next.rows) writeRow(row, after);
  const step = sendChanged({});
  if (step) undoable.push(step);
  form.dispatchEvent(new Event("step-committed"));
  return announce("Done again.");
}

/** Unmark a row whose mark has not been sent; else announce why it stays. */
export async function unmark(row) {
  commitStep();
  const at = undoable.map((one) => one.rows.some((it) => it.row === row)).lastIndexOf(true);
  const last = undoable[at];
  if (!last) return announce(readRow(row).code ? whyTheyStay([{ row }]) : "Nothing to clear.");
  const isAlone = last.rows.length === 1 && !last.rows[0].before.code;
  const isUnsent = isAlone && (!last.key || (await unsend(last.key)));
  if (!isUnsent) return announce(whyTheyStay([{ row }]));
  undoable.splice(at, 1);
  clearRow(row);
  noteShown(row);
  return announce(`${nameOf(row)}: not marked.`);
}

export const canUndo = () => undoable.length > 0;

form.addEventListener("change", (event) => {
  if (event.target.closest(".pupil-row")) commitStep();
});
form.addEventListener("input", (event) => {
  const row = event.target.closest(".pupil-row");
  if (row && event.target.matches("input[type=text]")) {
    drawRow(row);
    commitSoon(row, 1_500);
  }
});
addEventListener("pagehide", () => commitStep());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") commitStep();
});
