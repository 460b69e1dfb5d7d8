/* A row with two marks, or with one that could not be saved: it asks until somebody answers. */
import * as outbox from "../outbox.js";
import { asRow, pending, questions, setSync, standing } from "./marks.js";
import { enrolment, nameOf } from "./rows.js";
import { announce } from "./undo.js";

/** An entry of the outbox could not be saved as it is: its row asks what shall become of it. */
export function askAbout(row, entry, question) {
  pending.delete(row);
  const mine = entry.changes.find((it) => it.enrolment === question.enrolment);
  questions.set(row, { n: entry.n, mine });
  if (question.kind === "refused") refuse(row, question.why);
  else showConflict(row, mine, question);
}

const withMinutes = (symbol, minutes) => `${symbol}${minutes ? `, ${minutes} min` : ""}`;

function theirWords({ code, minutes_late, by_name, at }) {
  if (!code) return "Nobody has marked this pupil.";
  const time = at ? new Date(at).toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit" }) : "";
  return `${by_name || "Somebody else"} marked ${withMinutes(code, minutes_late)}${time ? `, at ${time}` : ""}.`;
}

function showConflict(row, mine, theirs) {
  standing.set(row, asRow({ ...theirs, code: theirs.code || "", minutes: theirs.minutes_late }));
  const line = row.querySelector("[data-clash]");
  const words = theirWords(theirs);
  line.querySelector("[data-theirs]").textContent = words;
  line.querySelector("[data-mine]").textContent = ` You chose ${withMinutes(mine.code, mine.minutes)}.`;
  const [keepTheirs, useMine] = line.querySelectorAll("button");
  keepTheirs.textContent = theirs.code ? `Keep theirs: ${theirs.code}` : "Leave it blank";
  useMine.textContent = `Use mine: ${mine.code}`;
  line.hidden = false;
  row.classList.add("is-conflict");
  setSync(row, "conflict");
  announce(`${nameOf(row)} has two marks. ${words} You chose ${mine.code}.`);
}

export function refuse(row, why) {
  const line = row.querySelector("[data-refused]");
  line.querySelector("[data-why]").textContent = why;
  line.hidden = false;
  row.classList.add("is-refused");
  setSync(row, "refused");
  announce(`${nameOf(row)}: ${why}`);
}

/** The row asks no more: its question in the outbox goes, its second line closes. */
export function clearQuestion(row) {
  const question = questions.get(row);
  if (question?.n) outbox.resolveQuestion(question.n, enrolment(row));
  questions.delete(row);
  row.classList.remove("is-conflict", "is-refused", "is-unsaved");
  for (const line of row.querySelectorAll("[data-clash], [data-refused]")) line.hidden = true;
  if (["conflict", "refused"].includes(row.dataset.sync)) setSync(row, "");
}
