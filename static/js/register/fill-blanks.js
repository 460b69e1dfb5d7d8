/* Filling the blanks of a register that has ended: choices are sent together, with their reason, by the
   form itself. Here is only how many are not saved yet, and a word before they are left. */
import { form, isSame, readRow, rows } from "./rows.js";

const before = new Map(rows.map((row) => [row, servedMark(row)]));
let isSubmitting = false;

/** What the server sent, not what stands there now: somebody may have chosen before this ran. */
function servedMark(row) {
  const radio = [...row.querySelectorAll(".segs input[type=radio]")].find((one) => one.defaultChecked);
  const option = [...row.querySelector("select").options].find((one) => one.defaultSelected);
  const of = (name) => row.querySelector(`input[name^='${name}-']`)?.defaultValue || "";
  return { code: (radio || option)?.value || "", minutes: of("minutes"), comment: of("comment"), paper: of("paper") };
}

const isUnsaved = (row) => row.classList.contains("is-unsaved") || !isSame(readRow(row), before.get(row));

function describe() {
  const unsaved = rows.filter(isUnsaved).length;
  const note = form.querySelector("[data-unsaved]");
  note.hidden = !unsaved;
  note.textContent = `${unsaved} not saved`;
}

form.addEventListener("input", describe);
form.addEventListener("step-committed", describe);
form.addEventListener("submit", () => {
  isSubmitting = true;
});
addEventListener("pageshow", () => {
  isSubmitting = false;
});
addEventListener("beforeunload", (event) => {
  if (!isSubmitting && rows.some(isUnsaved)) event.preventDefault();
});
describe();
