/* Filling the blanks of a register that has ended: choices are sent together, with their reason, by the
   form itself. Here is only how many are not saved yet, and a word before they are left. */
import { form, isSame, look, rows } from "./register.js";

const before = new Map(rows.map((row) => [row, served(row)]));
let sending = false;

/** What the server sent, not what stands there now: somebody may have chosen before this ran. */
function served(row) {
  const radio = [...row.querySelectorAll(".segs input[type=radio]")].find((one) => one.defaultChecked);
  const option = [...row.querySelector("select").options].find((one) => one.defaultSelected);
  const of = (name) => row.querySelector(`input[name^='${name}-']`)?.defaultValue || "";
  return { code: (radio || option)?.value || "", minutes: of("minutes"), comment: of("comment"), paper: of("paper") };
}

const isUnsaved = (row) => row.classList.contains("is-unsaved") || !isSame(look(row), before.get(row));

function describe() {
  const unsaved = rows.filter(isUnsaved).length;
  const said = form.querySelector("[data-unsaved]");
  said.hidden = !unsaved;
  said.textContent = `${unsaved} not saved`;
}


form.addEventListener("input", describe);
form.addEventListener("stepped", describe);
form.addEventListener("submit", () => {
  sending = true;
});
addEventListener("pageshow", () => {
  sending = false;
});
addEventListener("beforeunload", (event) => {
  if (!sending && rows.some(isUnsaved)) event.preventDefault();
});
describe();
