// The week of a group by keyboard: arrows move, a code's letter opens the line in which it is
// changed. Each cell stays a link to its mark, which is all there is without this script. What a
// cell is of stands in the row and the column; `data-seen` is on a mark that was changed
// before, `data-fixed` on what is still to come.
const grid = document.querySelector("[data-grid]");
const editor = document.querySelector("#grid-editor");
const status = document.querySelector("[data-said]");
const problem = editor?.querySelector("[data-wrong]");
const TWO_LETTER_STARTS = /^[CJY]$/; // letters that a digit may follow: C1, J1, Y3
let current = null;
let lastReason = "";

const cells = () => [...grid.tBodies[0].rows].map((row) =>
  [...row.querySelectorAll("td:not(.num)")].map((place) => place.querySelector("a")));

function positionOf(cell) {
  const rows = cells();
  const y = rows.findIndex((row) => row.includes(cell));
  return [rows, y, rows[y].indexOf(cell)];
}

function makeTabStop(cell) {
  cells().flat().filter(Boolean).forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
}

function move(cell, down, right) {
  const [rows, y, x] = positionOf(cell);
  for (let step = 1; step <= Math.max(rows.length, rows[0].length); step += 1) {
    const next = rows[y + down * step]?.[x + right * step];
    if (next) { makeTabStop(next); next.focus(); return; }
  }
}

function moveToEdge(cell, last) {
  const [rows, y] = positionOf(cell);
  const inRow = rows[y].filter(Boolean);
  const next = last ? inRow.at(-1) : inRow[0];
  makeTabStop(next);
  next.focus();
}

const isAfternoon = (cell) => cell.pathname.endsWith("/pm/");
const presentIn = (cell) => (isAfternoon(cell) ? "\\" : "/");
const codeOf = (cell) => (cell.classList.contains("is-unmarked") ? "" : cell.textContent);
const seenIn = (cell) => cell.dataset.seen ?? (codeOf(cell) ? "1" : "0");
const pupilOf = (cell) => cell.closest("tr").querySelector("th bdi").textContent;

function halfDayOf(cell) {
  const days = [...grid.tHead.rows[0].querySelectorAll("th")];
  const day = days[Math.floor(cells().find((row) => row.includes(cell)).indexOf(cell) / 2)];
  return `${day.textContent}, ${isAfternoon(cell) ? "afternoon" : "morning"}`;
}

function symbolFor(key, cell) {
  return key === " " || key === "/" || key === "\\" ? presentIn(cell) : key.toUpperCase();
}

/** The choices of the list that fit the half of the day. */
function fitPresentCode(present) {
  for (const option of editor.code.options) {
    if (option.dataset.present !== undefined || option.value === "/" || option.value === "\\") {
      option.dataset.present = "";
      option.value = present;
      option.textContent = `${present}  Present`;
    }
  }
}

function openEditor(cell, symbol) {
  current = cell;
  fitPresentCode(presentIn(cell));
  editor.action = `${cell.href}cell/`;
  editor.seen.value = seenIn(cell);
  editor.code.value = symbol || codeOf(cell);
  if (editor.code.selectedIndex < 0) editor.code.value = codeOf(cell);
  editor.minutes_late.value = editor.code.value === codeOf(cell) ? cell.dataset.minutes ?? "" : "";
  editor.reason.value = lastReason;
  editor.querySelector("[data-what]").textContent = pupilOf(cell);
  editor.querySelector("[data-when]").textContent = halfDayOf(cell);
  problem.textContent = "";
  editor.hidden = false;
  document.body.classList.add("has-grid-editor");
  editor.reason.focus();
  editor.reason.select();
  cell.scrollIntoView({ block: "nearest" });
}

function closeEditor() {
  editor.hidden = true;
  document.body.classList.remove("has-grid-editor");
  if (current) { makeTabStop(current); current.focus(); }
}

let prefix = null; // a first letter that a digit may still follow

function typeLetter(cell, key) {
  const symbol = symbolFor(key, cell);
  const known = [...editor.code.options].some((option) => option.value === symbol);
  const begins = TWO_LETTER_STARTS.test(symbol) && [...editor.code.options].some((option) => option.value.length > 1 && option.value[0] === symbol);
  if (begins) {
    prefix = { cell, symbol, timer: setTimeout(() => { prefix = null; if (known) openEditor(cell, symbol); }, 700) };
    return true;
  }
  if (known || symbol === "/" || symbol === "\\") { openEditor(cell, symbol); return true; }
  return false;
}

function onKey(event) {
  const cell = event.target.closest("td a");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  if (steps[event.key]) move(cell, ...steps[event.key]);
  else if (event.key === "Home" || event.key === "End") moveToEdge(cell, event.key === "End");
  else if (prefix && /^\d$/.test(event.key)) {
    clearTimeout(prefix.timer);
    openEditor(prefix.cell, prefix.symbol + event.key);
    prefix = null;
  } else if (cell.dataset.fixed === undefined && /^[a-z#/\\ ]$/i.test(event.key)) {
    if (!typeLetter(cell, event.key)) return;
  } else return;
  event.preventDefault();
}

function replace(cell, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const renewed = holder.content.querySelector("a");
  cell.replaceWith(renewed);
  current = renewed;
  makeTabStop(renewed);
  return renewed;
}

async function save(event) {
  event.preventDefault();
  const button = editor.querySelector("[type=submit]");
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(editor.action, { method: "POST", body: new FormData(editor), headers });
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    lastReason = editor.reason.value;
    if (answer.wrong) { problem.textContent = Object.values(answer.wrong)[0]; return; }
    const cell = replace(current, answer.cell);
    if (answer.stale) {
      editor.seen.value = seenIn(cell);
      problem.textContent = answer.stale;
      return;
    }
    status.textContent = answer.said;
    closeEditor();
    move(cell, 1, 0);
  } catch {
    problem.textContent = "It was not saved: the school’s server did not answer. What you typed is still here; try again.";
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (grid && editor) {
  document.querySelectorAll(".needs-script").forEach((words) => { words.hidden = false; });
  const first = grid.querySelector("tbody td a");
  if (first) makeTabStop(first);
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td a");
    if (cell) makeTabStop(cell);
  });
  editor.addEventListener("submit", save);
  editor.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); closeEditor(); } });
  editor.querySelector("[data-cancel]").addEventListener("click", closeEditor);
}
