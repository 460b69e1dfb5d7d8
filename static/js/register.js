/* The rows of a register: what is chosen in each, how it is drawn, and the counts in words. Whatever
   is here is also done by the plain form. Saving is in register-take.js, the keys in register-keys.js,
   fingers in register-touch.js. */
export const form = document.querySelector("[data-register]");
export const rows = [...form.querySelectorAll(".pupil-row")].filter((row) => row.querySelector(".segs"));
export const isTaking = form.dataset.late === "take"; // else blanks are filled, by the form itself
const opened = Number(form.dataset.opens) * 1000;
const MOST = 60; // minutes late that the clock fills in; later than that somebody says how late
const every = document.querySelector("template[data-every-code]")?.content;

export const radios = (row) => [...row.querySelectorAll(".segs input[type=radio]")];
export const list = (row) => row.querySelector("select[name^='other-']");
export const minutes = (row) => row.querySelector("input[name^='minutes-']");
export const comment = (row) => row.querySelector("input[name^='comment-']");
export const paper = (row) => row.querySelector("input[name^='paper-']");
export const enrolment = (row) => Number(row.querySelector("input[name='row']").value);
export const nameOf = (row) => row.querySelector(".who bdi").textContent;
export const rowOf = new Map(rows.map((row) => [enrolment(row), row]));
const chosen = (row) => radios(row).find((one) => one.checked) || chosenOption(row);
export const code = (row) => chosen(row)?.value || "";
const kind = (row) => chosen(row)?.dataset.kind;

function chosenOption(row) {
  const option = list(row).selectedOptions[0];
  return option && option.value ? option : undefined;
}

/** What is chosen in a row now: one thing to compare, to keep and to put back. */
export const look = (row) => ({
  code: code(row),
  minutes: minutes(row).value.trim(),
  comment: comment(row).value.trim().replace(/\s+/g, " "),
  paper: paper(row)?.value.trim() || "",
});
export const isSame = (one, other) =>
  one.code === other.code && one.minutes === other.minutes && one.comment === other.comment && one.paper === other.paper;

/* ---------- What a row shows ---------- */

const SAYS = {
  waiting: "waits on this device",
  held: "with the office",
  refused: "not saved",
  conflict: "has two marks",
};

/** Draw a row by what is chosen in it. `data-sync` says how far its mark has come. */
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
  const more = row.querySelector(".seg-more summary");
  more.dataset.label ??= more.getAttribute("aria-label").split(", now ")[0];
  const now = other ? `, now ${other.value}${other.text.startsWith(`${other.value} `) ? `,${other.text.slice(other.value.length)}` : ""}` : "";
  more.setAttribute("aria-label", more.dataset.label + now);
  const field = row.querySelector("[data-paper-field]");
  if (field) field.hidden = !mark?.dataset.paper;
  const late = mark?.value === "L" ? minutes(row).value : "";
  row.querySelector(".seg:has(input[value='L'])")?.setAttribute("data-late", late && `${late}′`);
  const number = row.querySelector(".no").textContent;
  const says = SAYS[row.dataset.sync];
  const state = mark ? `marked ${mark.value}${late && `, ${late} minutes late`}` : "not marked";
  row.querySelector("legend").textContent = `${number}, ${nameOf(row)}: ${state}${says ? `, ${says}` : ""}`;
  count();
}

export function count() {
  const found = { marked: 0, here: 0, away: 0, absent: 0, not_due: 0, blanks: 0 };
  for (const row of form.querySelectorAll(".pupil-row")) {
    const cell = row.querySelector(".segs") ? kind(row) : row.dataset.kind;
    if (cell) {
      found.marked += 1;
      found[cell] += 1;
    } else found.blanks += 1;
  }
  for (const place of form.querySelectorAll("[data-count]")) {
    const words = String(found[place.dataset.count]);
    if (place.textContent !== words) place.textContent = words;
  }
  for (const part of form.querySelectorAll("[data-part]")) part.hidden = !found[part.dataset.part];
  const rest = form.querySelector("[data-rest]");
  if (rest) rest.hidden = !found.blanks;
}

/* ---------- Choosing ---------- */

/** Choose a code in a row; whether this person is offered it. */
export function choose(row, symbol) {
  const radio = radios(row).find((one) => one.value === symbol);
  const option = [...list(row).options].find((one) => one.value === symbol);
  if (!radio && !option) return false;
  for (const one of radios(row)) one.checked = one === radio;
  list(row).value = radio ? "" : symbol;
  if (symbol === "L") fillMinutes(row);
  else if (symbol !== "U") minutes(row).value = "";
  draw(row);
  return true;
}

export function fillMinutes(row) {
  const late = Math.floor((Date.now() - opened) / 60_000);
  if (isTaking && !minutes(row).value && late > 0 && late <= MOST) minutes(row).value = late;
}

/** Show a row as somebody else left it, or as it was: also with a code that is not on offer here. */
export function put(row, seen) {
  const radio = radios(row).find((one) => one.value === seen.code);
  for (const one of radios(row)) one.checked = one === radio;
  if (seen.code && !radio && ![...list(row).options].some((one) => one.value === seen.code)) {
    const option = every?.querySelector(`option[value="${CSS.escape(seen.code)}"]`);
    list(row).append(option ? option.cloneNode(true) : new Option(seen.code, seen.code));
  }
  list(row).value = radio ? "" : seen.code;
  minutes(row).value = seen.minutes ?? "";
  comment(row).value = seen.comment ?? "";
  if (paper(row)) paper(row).value = seen.paper ?? "";
  draw(row);
}

export function clear(row) {
  for (const one of radios(row)) one.checked = false;
  list(row).value = "";
  minutes(row).value = "";
  draw(row);
}

/** The radio and the list stand side by side: the one that was moved last counts. */
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
for (const row of rows) draw(row);

/* ---------- What stays in view, and never over the row that has the focus ---------- */

const staying = { head: document.querySelector(".register-head"), foot: form.querySelector(".register-foot") };

function measure() {
  for (const [name, part] of Object.entries(staying)) {
    document.documentElement.style.setProperty(`--register-${name}`, `${part.offsetHeight}px`);
  }
}
const measured = new ResizeObserver(measure);
for (const part of Object.values(staying)) measured.observe(part);
measure();
