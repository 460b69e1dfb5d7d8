/* The rows of a register: what is chosen in each, how it is drawn, and the counts in words. Whatever
   is here is also done by the plain form. Saving is in take.js, the keys in keys.js, fingers in touch.js. */
export const form = document.querySelector("[data-register]");
export const rows = [...form.querySelectorAll(".pupil-row")].filter((row) => row.querySelector(".segs"));
export const isTaking = form.dataset.late === "take"; // else blanks are filled, by the form itself
const opensAt = Number(form.dataset.opens) * 1000;
const MOST_MINUTES = 60; // minutes late that the clock fills in; later than that somebody says how late
const everyCode = document.querySelector("template[data-every-code]")?.content;

export const radios = (row) => [...row.querySelectorAll(".segs input[type=radio]")];
export const otherCodes = (row) => row.querySelector("select[name^='other-']");
export const minutes = (row) => row.querySelector("input[name^='minutes-']");
export const comment = (row) => row.querySelector("input[name^='comment-']");
export const paper = (row) => row.querySelector("input[name^='paper-']");
export const enrolment = (row) => Number(row.querySelector("input[name='row']").value);
export const nameOf = (row) => row.querySelector(".who bdi").textContent;
export const rowOfEnrolment = new Map(rows.map((row) => [enrolment(row), row]));
const chosen = (row) => radios(row).find((one) => one.checked) || chosenOption(row);
export const code = (row) => chosen(row)?.value || "";
const kind = (row) => chosen(row)?.dataset.kind;

function chosenOption(row) {
  const option = otherCodes(row).selectedOptions[0];
  return option && option.value ? option : undefined;
}

/** What is chosen in a row now: one thing to compare, to keep and to write back. */
export const readRow = (row) => ({
  code: code(row),
  minutes: minutes(row).value.trim(),
  comment: comment(row).value.trim().replace(/\s+/g, " "),
  paper: paper(row)?.value.trim() || "",
});
export const isSame = (one, other) =>
  one.code === other.code && one.minutes === other.minutes && one.comment === other.comment && one.paper === other.paper;

/* ---------- What a row shows ---------- */

const SYNC_WORDS = {
  waiting: "waits on this device",
  held: "with the office",
  refused: "not saved",
  conflict: "has two marks",
};

/** Draw a row by what is chosen in it. `data-sync` says how far its mark has come. */
export function drawRow(row) {
  const mark = chosen(row);
  row.classList.toggle("is-marked", Boolean(mark));
  row.classList.toggle("is-unmarked", !mark);
  row.classList.toggle("is-absent", kind(row) === "absent");
  const cell = row.querySelector(".seg-more .session-cell");
  const other = radios(row).some((one) => one.checked) ? undefined : chosenOption(row);
  cell.className = other ? `session-cell ${other.dataset.shape}` : "session-cell is-off";
  cell.classList.toggle("has-two", Boolean(other && other.value.length > 1));
  cell.textContent = other ? other.value : "…";
  const more = row.querySelector(".seg-more summary");
  more.dataset.label ??= more.getAttribute("aria-label").split(", now ")[0];
  const now = other ? `, now ${other.value}${other.text.startsWith(`${other.value} `) ? `,${other.text.slice(other.value.length)}` : ""}` : "";
  more.setAttribute("aria-label", more.dataset.label + now);
  const field = row.querySelector("[data-paper-field]");
  if (field) field.hidden = !mark?.dataset.paper;
  const late = mark?.value === "L" ? minutes(row).value : "";
  row.querySelector(".seg:has(input[value='L'])")?.setAttribute("data-late", late && `${late}′`);
  const number = row.querySelector(".no").textContent;
  const sync = SYNC_WORDS[row.dataset.sync];
  const state = mark ? `marked ${mark.value}${late && `, ${late} minutes late`}` : "not marked";
  row.querySelector("legend").textContent = `${number}, ${nameOf(row)}: ${state}${sync ? `, ${sync}` : ""}`;
  countMarks();
}

export function countMarks() {
  const counts = { marked: 0, here: 0, away: 0, absent: 0, not_due: 0, blanks: 0 };
  for (const row of form.querySelectorAll(".pupil-row")) {
    const cell = row.querySelector(".segs") ? kind(row) : row.dataset.kind;
    if (cell) {
      counts.marked += 1;
      counts[cell] += 1;
    } else counts.blanks += 1;
  }
  for (const place of form.querySelectorAll("[data-count]")) {
    const words = String(counts[place.dataset.count]);
    if (place.textContent !== words) place.textContent = words;
  }
  for (const part of form.querySelectorAll("[data-part]")) part.hidden = !counts[part.dataset.part];
  const rest = form.querySelector("[data-rest]");
  if (rest) rest.hidden = !counts.blanks;
}

/* ---------- Choosing ---------- */

/** Choose a code in a row; whether this person is offered it. */
export function chooseCode(row, symbol) {
  const radio = radios(row).find((one) => one.value === symbol);
  const option = [...otherCodes(row).options].find((one) => one.value === symbol);
  if (!radio && !option) return false;
  for (const one of radios(row)) one.checked = one === radio;
  otherCodes(row).value = radio ? "" : symbol;
  if (symbol === "L") fillMinutes(row);
  else if (symbol !== "U") minutes(row).value = "";
  drawRow(row);
  return true;
}

export function fillMinutes(row) {
  const late = Math.floor((Date.now() - opensAt) / 60_000);
  if (isTaking && !minutes(row).value && late > 0 && late <= MOST_MINUTES) minutes(row).value = late;
}

/** Show a row as somebody else left it, or as it was: also with a code that is not on offer here. */
export function writeRow(row, mark) {
  const radio = radios(row).find((one) => one.value === mark.code);
  for (const one of radios(row)) one.checked = one === radio;
  if (mark.code && !radio && ![...otherCodes(row).options].some((one) => one.value === mark.code)) {
    const option = everyCode?.querySelector(`option[value="${CSS.escape(mark.code)}"]`);
    otherCodes(row).append(option ? option.cloneNode(true) : new Option(mark.code, mark.code));
  }
  otherCodes(row).value = radio ? "" : mark.code;
  minutes(row).value = mark.minutes ?? "";
  comment(row).value = mark.comment ?? "";
  if (paper(row)) paper(row).value = mark.paper ?? "";
  drawRow(row);
}

export function clearRow(row) {
  for (const one of radios(row)) one.checked = false;
  otherCodes(row).value = "";
  minutes(row).value = "";
  drawRow(row);
}

/** The radio and the list stand side by side: the one that was moved last counts. */
form.addEventListener("change", (event) => {
  const row = event.target.closest(".pupil-row");
  if (!row) return;
  if (event.target.type === "radio") {
    otherCodes(row).value = "";
    if (event.target.value === "L") fillMinutes(row);
  } else if (event.target === otherCodes(row) && otherCodes(row).value) {
    for (const one of radios(row)) one.checked = false;
  }
  drawRow(row);
});
for (const row of rows) drawRow(row);

/* ---------- What stays in view, and never over the row that has the focus ---------- */

const stickyParts = { head: document.querySelector(".register-head"), foot: form.querySelector(".register-foot") };

function measure() {
  for (const [name, part] of Object.entries(stickyParts)) {
    document.documentElement.style.setProperty(`--register-${name}`, `${part.offsetHeight}px`);
  }
}
const observer = new ResizeObserver(measure);
for (const part of Object.values(stickyParts)) observer.observe(part);
measure();
