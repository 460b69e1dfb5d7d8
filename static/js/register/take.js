/* Taking a register: what waits on this device from before comes back into its rows, then marks are
   saved as they are made (saving.js) and those of others appear (live.js). */
import * as outbox from "../outbox.js";
import * as store from "../device-store.js";
import { askAbout, clearQuestion } from "./conflicts.js";
import { fetchMarks, watchMarks } from "./live.js";
import { applyMark, pending, questions, setSync, shows, standing, url } from "./marks.js";
import { code, fillMinutes, form, nameOf, readRow, rowOfEnrolment, rows, writeRow } from "./rows.js";
import { sendChanges, takeBack } from "./saving.js";
import { showStatus } from "./status.js";
import { announce, connectSaving, noteShown, undo } from "./undo.js";

const undoButton = form.querySelector("[data-undo]");
let isKept = true;
store.isKept().then((yes) => {
  isKept = yes;
});

/** Mine or theirs: the answer to a row with two marks. */
function answerQuestion(row, choice) {
  const { mine } = questions.get(row) || {};
  clearQuestion(row);
  if (choice === "mine" && mine) {
    writeRow(row, { ...mine, comment: mine.comment ?? standing.get(row).comment });
    sendChanges([{ row, after: readRow(row) }]);
    announce(`${nameOf(row)}: ${mine.code}`);
  } else {
    writeRow(row, standing.get(row));
    announce(`${nameOf(row)}: ${code(row) || "not marked"}`);
  }
  noteShown(row);
  showStatus();
  (row.querySelector(".segs input:checked") || row.querySelector(".segs input")).focus();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-answer]");
  if (!button) return;
  event.preventDefault();
  answerQuestion(button.closest(".pupil-row"), button.dataset.answer);
});

connectSaving(sendChanges, takeBack);
outbox.on("changed", showStatus);
form.addEventListener("step-committed", showStatus);
form.addEventListener("submit", (event) => event.preventDefault());
form.querySelector("[data-save]").hidden = true;
undoButton.hidden = false;
undoButton.addEventListener("click", undo);
addEventListener("beforeunload", (event) => {
  if (!isKept && pending.size) event.preventDefault();
});

/* ---------- What was made on this device before ---------- */

function restoreEntry(entry) {
  for (const change of entry.changes) {
    const row = rowOfEnrolment.get(change.enrolment);
    if (!row) continue;
    writeRow(row, { ...change, comment: change.comment ?? standing.get(row).comment });
    noteShown(row);
    if (entry.state === "asks") {
      const question = entry.asks.find((it) => it.enrolment === change.enrolment);
      if (question) askAbout(row, entry, question);
    } else {
      pending.set(row, entry.key);
      setSync(row, "saving");
    }
  }
}

/** Known marks first, then what has not been answered, then what was chosen before this script ran. */
async function restore() {
  const chosenAlready = rows.filter((row) => !shows(row, standing.get(row)));
  for (const [pk, mark] of Object.entries((await store.known(url))?.rows || {})) {
    const row = rowOfEnrolment.get(Number(pk));
    if (row && !chosenAlready.includes(row)) applyMark(row, mark);
  }
  for (const entry of await outbox.ownEntries(url)) restoreEntry(entry);
  const early = chosenAlready.filter((row) => !pending.has(row) && code(row));
  for (const row of early) if (code(row) === "L") fillMinutes(row);
  if (early.length) sendChanges(early.map((row) => ({ row, after: readRow(row) })));
  for (const row of early) noteShown(row);
  await fetchMarks();
}

restore().finally(watchMarks);
