/* The register: choices drawn at once, and counts in words. Everything here is also done by the plain
   form; this only says sooner what it will do. The keys are in register-keys.js. */
export const form = document.querySelector("[data-register]");
export const rows = [...form.querySelectorAll(".pupil-row")].filter((row) => row.querySelector(".segs"));
const opened = Number(form.dataset.opens) * 1000;
const MOST = 60; // minutes late that the clock fills in; later than that somebody says how late
let sending = false;

export const radios = (row) => [...row.querySelectorAll(".segs input[type=radio]")];
export const list = (row) => row.querySelector("select[name^='other-']");
export const minutes = (row) => row.querySelector("input[name^='minutes-']");
const chosen = (row) => radios(row).find((one) => one.checked) || chosenOption(row);
export const code = (row) => chosen(row)?.value || "";
const kind = (row) => chosen(row)?.dataset.kind;

function chosenOption(row) {
  const option = list(row).selectedOptions[0];
  return option && option.value ? option : undefined;
}

/* What the server sent, not what stands there now: somebody may have chosen before this ran. */
const before = new Map(rows.map((row) => [row, served(row)]));

function served(row) {
  const radio = radios(row).find((one) => one.defaultChecked);
  const option = [...list(row).options].find((one) => one.defaultSelected);
  const comment = row.querySelector("input[name^='comment-']");
  return [(radio || option)?.value || "", minutes(row).defaultValue, comment.defaultValue].join("|");
}

function state(row) {
  return [code(row), minutes(row).value, row.querySelector("input[name^='comment-']").value].join("|");
}

const isUnsaved = (row) => state(row) !== before.get(row) || row.classList.contains("is-unsaved");

/* ---------- What a row shows ---------- */

export function draw(row) {
  const mark = chosen(row);
  row.classList.toggle("is-marked", Boolean(mark));
  row.classList.toggle("is-unmarked", !mark);
  row.classList.toggle("is-absent", kind(row) === "absent");
  const cell = row.querySelector(".seg-more .session-cell");
  const other = radios(row).some((one) => one.checked) ? undefined : chosenOption(row);
  cell.className = other ? `session-cell ${other.dataset.shape}` : "session-cell is-off";
  cell.classList.toggle("has-two", Boolean(other && other.value.length > 1));
  cell.textContent = other ? other.value : "…";
  count();
}

function count() {
  const found = { marked: 0, here: 0, away: 0, absent: 0, not_due: 0, blanks: 0 };
  for (const row of form.querySelectorAll(".pupil-row")) {
    const cell = row.querySelector(".segs") ? kind(row) : row.dataset.kind;
    if (cell) {
      found.marked += 1;
      found[cell] += 1;
    } else found.blanks += 1;
  }
  for (const place of form.querySelectorAll("[data-count]")) place.textContent = found[place.dataset.count];
  for (const part of form.querySelectorAll("[data-part]")) part.hidden = !found[part.dataset.part];
  const rest = form.querySelector("[data-rest]");
  if (rest) rest.hidden = !found.blanks;
  const unsaved = rows.filter(isUnsaved).length;
  const said = form.querySelector("[data-unsaved]");
  said.hidden = !unsaved;
  said.textContent = `${unsaved} not saved`;
}

/* ---------- Choosing ---------- */

export function choose(row, symbol) {
  const radio = radios(row).find((one) => one.value === symbol);
  const option = [...list(row).options].find((one) => one.value === symbol);
  if (!radio && !option) return false;
  for (const one of radios(row)) one.checked = one === radio;
  list(row).value = radio ? "" : symbol;
  if (symbol === "L") fillMinutes(row);
  draw(row);
  return true;
}

function fillMinutes(row) {
  const late = Math.floor((Date.now() - opened) / 60_000);
  if (form.dataset.late === "take" && !minutes(row).value && late > 0 && late <= MOST) minutes(row).value = late;
}

export function clear(row) {
  if (row.querySelector("input[name^='was-']").value !== "0||") return; // a mark is never unmade
  for (const one of radios(row)) one.checked = false;
  list(row).value = "";
  minutes(row).value = "";
  draw(row);
}

export function markTheRest() {
  for (const row of rows) if (!code(row)) choose(row, radios(row)[0].value);
  form.querySelector("[data-save]").focus();
}

form.addEventListener("change", (event) => {
  const row = event.target.closest(".pupil-row");
  if (!row) return;
  if (event.target.type === "radio") {
    list(row).value = "";
    if (event.target.value === "L") fillMinutes(row);
  } else if (event.target === list(row) && list(row).value) {
    for (const one of radios(row)) one.checked = false;
  }
  draw(row);
});
form.addEventListener("input", count);
form.querySelector("[data-rest]")?.addEventListener("click", (event) => {
  event.preventDefault();
  markTheRest();
});

/* ---------- Leaving ---------- */

form.addEventListener("submit", () => {
  sending = true;
});
addEventListener("pageshow", () => {
  sending = false;
});
addEventListener("beforeunload", (event) => {
  if (!sending && rows.some(isUnsaved)) event.preventDefault();
});
for (const row of rows) {
  if (code(row) === "L" && isUnsaved(row)) fillMinutes(row);
  draw(row);
}
