/* The marks of a register that is being taken: which one stands in each row as far as we know, which is
   on its way, which waits for an answer; and what a row says of its mark. */
import { code, drawRow, form, isSame, nameOf, readRow, rows, writeRow } from "./rows.js";
import { announce, isDraft, noteShown } from "./undo.js";

export const { url, label, signIn } = form.dataset;
export const standing = new Map(rows.map((row) => [row, servedMark(row)])); // as far as we know
export const pending = new Map(); // the key of the last thing done to a row that has not been answered
export const questions = new Map(); // rows with two marks, or with one that was refused

/** What the server sent with the page. */
function servedMark(row) {
  const [version, symbol, late] = row.querySelector("input[name^='was-']").value.split("|");
  const comment = row.querySelector("input[name^='said-']")?.value || "";
  return { version: Number(version), code: symbol, minutes: late, comment };
}

/** A mark of an answer, in the shape in which a row is read. */
export const asRow = (mark) => ({
  version: mark.version,
  code: mark.code,
  minutes: mark.minutes == null ? "" : String(mark.minutes),
  comment: mark.comment ?? "",
});

/** Whether a row shows its mark, whatever is said of papers. */
export const shows = (row, mark) => isSame({ ...mark, paper: "" }, { ...readRow(row), paper: "" });

/** A mark that stands, from an answer or a look; shown unless something of ours is on its way. */
export function applyMark(row, mark) {
  const before = standing.get(row);
  if (mark.version < before.version) return false;
  const now = { ...asRow(mark), comment: mark.comment ?? before.comment };
  standing.set(row, now);
  if (pending.has(row) || questions.has(row) || isDraft(row) || shows(row, now)) return false;
  writeRow(row, now);
  noteShown(row);
  return true;
}

/** Nothing of ours is on its way in this row. */
export function release(row) {
  pending.delete(row);
  setSync(row, "");
}

/* ---------- What a row says ---------- */

const noteOf = (row) => row.querySelector("[data-said]");

/** How far the mark of a row has come: "saving", "waiting", "held", "refused", "conflict" or "". */
export function setSync(row, state) {
  if (state) row.dataset.sync = state;
  else delete row.dataset.sync;
  const note = noteOf(row);
  const words = { waiting: "Waits on this device", held: "With the office" }[state];
  if (words) note.textContent = words;
  else if (note.dataset.of !== "others") note.textContent = "";
  if (words) note.dataset.of = "us";
  drawRow(row);
}

export function showNote(row, words) {
  const note = noteOf(row);
  note.dataset.of = "us";
  note.textContent = words;
}

/** What is allowed and odd about the mark that was just saved: under the row, until the next one. */
export function showAdvice(row, sentences = []) {
  const line = row.querySelector("[data-advice]");
  line.textContent = sentences.join(" ");
  line.hidden = !sentences.length;
  if (sentences.length) announce(`${nameOf(row)}: ${line.textContent}`);
}

const timeOf = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" });

/** Whose mark it is that has just appeared, and when it was made. */
export function showMaker(row, { by_name, at, made_at }) {
  const note = noteOf(row);
  note.dataset.of = "others";
  const when = made_at || (at && Date.parse(at) / 1000);
  note.textContent = `${when ? `${timeOf(when)}, ` : ""}${by_name || "Rollbook"}`;
  announce(`${nameOf(row)}: ${code(row) || "not marked"}, by ${by_name || "Rollbook"}`);
}
