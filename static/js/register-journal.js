/* What was done in a register, step by step, so that it can be undone; and the one place that says
   when a step is done: at once, or when somebody has stopped typing. */
import { clear, draw, form, isSame, look, nameOf, put, rows } from "./register.js";

const shown = new Map(rows.map((row) => [row, look(row)])); // as the last step left it
const past = [];
const future = [];
const said = document.getElementById("register-said");
let draft = null; // { row, timer }: a row in which somebody is still typing
let send = () => null; // register-take.js puts the outbox here
let back = async () => true;

export const say = (words) => {
  said.textContent = words;
};

/** `give` sends what has changed and returns its key; `takeBack` says whether a key can be unsent. */
export function savedBy(give, takeBack) {
  send = give;
  back = takeBack;
}

/** A row that changed by somebody else's doing is no step of ours. */
export const seen = (row) => shown.set(row, look(row));
export const isDraft = (row) => draft?.row === row;
export const hasDraft = () => Boolean(draft);

function changed() {
  return rows
    .map((row) => ({ row, before: shown.get(row), after: look(row) }))
    .filter(({ before, after }) => !isSame(before, after));
}

/** Note whatever has changed since the last step, and send it. `how` goes to the sender. */
function record(how) {
  if (draft) clearTimeout(draft.timer);
  draft = null;
  const found = changed();
  if (!found.length) return null;
  for (const { row, after } of found) shown.set(row, after);
  return { rows: found, key: send(found, how) };
}

/** The same as one step that can be undone. */
export function step(how = {}) {
  const found = record(how);
  if (found) {
    past.push(found);
    future.length = 0;
  }
  form.dispatchEvent(new Event("stepped"));
}

/** The same in a moment, unless more comes for this row: a second letter, a digit, another tap. */
export function soon(row, milliseconds) {
  if (draft && draft.row !== row) step();
  if (draft) clearTimeout(draft.timer);
  draft = { row, timer: setTimeout(step, milliseconds) };
  form.dispatchEvent(new Event("stepped"));
}

/** One after the other, however fast the keys come. */
let turn = Promise.resolve();
const inTurn = (act) => () => {
  turn = turn.then(act);
  return turn;
};
export const undo = inTurn(takeOneBack);
export const redo = inTurn(doOneAgain);

async function takeOneBack() {
  step();
  const last = past.pop();
  if (!last) return say("Nothing to undo.");
  const isUnsent = !last.key || (await back(last.key));
  const stays = isUnsent ? [] : last.rows.filter(({ before }) => !before.code);
  for (const { row, before } of last.rows) if (isUnsent || before.code) put(row, before);
  if (isUnsent) for (const { row } of last.rows) seen(row);
  else record({});
  if (stays.length < last.rows.length) future.push(last);
  form.dispatchEvent(new Event("stepped"));
  return say(stays.length ? kept(stays) : "Undone.");
}

function kept(stays) {
  const who = stays.length === 1 ? nameOf(stays[0].row) : `${stays.length} marks`;
  return `${who}: saved already. A mark in a register is never taken away; choose the code that is right.`;
}

function doOneAgain() {
  step();
  const next = future.pop();
  if (!next) return say("Nothing to redo.");
  for (const { row, after } of next.rows) put(row, after);
  const found = record({});
  if (found) past.push(found);
  form.dispatchEvent(new Event("stepped"));
  return say("Done again.");
}

/** Unmark a row whose mark has not been sent; else say why it stays. */
export async function unmark(row) {
  step();
  const at = past.map((one) => one.rows.some((it) => it.row === row)).lastIndexOf(true);
  const last = past[at];
  if (!last) return say(look(row).code ? kept([{ row }]) : "Nothing to clear.");
  const isAlone = last.rows.length === 1 && !last.rows[0].before.code;
  const isUnsent = isAlone && (!last.key || (await back(last.key)));
  if (!isUnsent) return say(kept([{ row }]));
  past.splice(at, 1);
  clear(row);
  seen(row);
  return say(`${nameOf(row)}: not marked.`);
}

export const canUndo = () => past.length > 0;

form.addEventListener("change", (event) => {
  if (event.target.closest(".pupil-row")) step();
});
form.addEventListener("input", (event) => {
  const row = event.target.closest(".pupil-row");
  if (row && event.target.matches("input[type=text]")) {
    draw(row);
    soon(row, 1_500);
  }
});
addEventListener("pagehide", () => step());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") step();
});
