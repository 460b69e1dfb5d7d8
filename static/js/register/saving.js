/* Each mark goes up as it is made, and waits on the device while there is no connection; what the
   server answers comes back into the row. */
import * as outbox from "../outbox.js";
import { askAbout, clearQuestion, refuse } from "./conflicts.js";
import { applyMark, asRow, label, pending, release, setSync, showAdvice, showMaker, showNote, standing, url } from "./marks.js";
import { enrolment, form, nameOf, rowOfEnrolment } from "./rows.js";
import { countSaved, showStatus } from "./status.js";
import { announce } from "./undo.js";

const HOLD = 2_000; // milliseconds in which one press for many can be taken back

/* ---------- Up ---------- */

function toChange(row, after) {
  const before = standing.get(row);
  return {
    enrolment: enrolment(row),
    code: after.code,
    seen: before.version,
    after: pending.get(row) || null,
    minutes: /^\d+$/.test(after.minutes) ? Number(after.minutes) : after.minutes || null,
    comment: after.comment === before.comment ? null : after.comment,
    paper: after.paper || null,
  };
}

/** Keep what has changed in the outbox; its key. */
export function sendChanges(changed, { rest = false } = {}) {
  const sent = changed.filter(({ row, after }) => after.code || refuseWithoutCode(row));
  if (!sent.length) return null;
  const key = outbox.newKey();
  const entry = { key, url, label, rest, made_at: Date.now(), hold: rest ? Date.now() + HOLD : 0 };
  entry.on_paper = form.querySelector("[name=on_paper]")?.value || "";
  entry.changes = sent.map(({ row, after }) => toChange(row, after));
  for (const { row } of sent) {
    clearQuestion(row);
    pending.set(row, key);
    setSync(row, "saving");
  }
  outbox.add(entry);
  return key;
}

/** A comment without a code is kept in its row and goes up with the code. */
function refuseWithoutCode(row) {
  refuse(row, "A comment stands beside a mark: choose a code with it.");
  return false;
}

export async function takeBack(key) {
  const isBack = await outbox.takeBack(key);
  if (isBack) for (const [row, pendingKey] of pending) if (pendingKey === key) release(row);
  return isBack;
}

/* ---------- The answers ---------- */

function takeSaved(row, entry, { enrolment: pk, version, paper, advice }) {
  const mine = entry.changes.find((one) => one.enrolment === pk);
  standing.set(row, { ...asRow({ ...mine, version }), comment: mine.comment ?? standing.get(row).comment });
  if (isLast(row, entry)) release(row);
  if (paper === false) showNote(row, "Paper to complete");
  showAdvice(row, advice);
  countSaved();
}

function takeHeld(row, { why }) {
  pending.delete(row);
  setSync(row, "held");
  announce(`${nameOf(row)}: ${why}`);
}

/** One press for everybody left does not argue: who was marked meanwhile keeps that mark. */
function takeTheirs(row, theirs) {
  release(row);
  applyMark(row, { ...theirs, code: theirs.code || "", minutes: theirs.minutes_late });
  showMaker(row, theirs);
}

/** Whether nothing has been done to a row since this entry. */
const isLast = (row, entry) => !pending.has(row) || pending.get(row) === entry.key;

outbox.on("answered", ({ entry, answer }) => {
  if (entry.url !== url || entry.person !== outbox.personId) return;
  const ifLast = (found, take) => {
    for (const one of found) {
      const row = rowOfEnrolment.get(one.enrolment);
      if (row && isLast(row, entry)) take(row, one);
    }
  };
  for (const saved of answer.saved) {
    const row = rowOfEnrolment.get(saved.enrolment);
    if (row) takeSaved(row, entry, saved);
  }
  ifLast(answer.held || [], takeHeld);
  ifLast(entry.rest ? answer.conflicts : [], takeTheirs);
  ifLast(entry.asks, (row, question) => askAbout(row, entry, question));
  showStatus();
});
