// The week of a group by keyboard: arrows move, a code's letter opens the line in which it is
// changed. Each cell stays a link to its mark, which is all there is without this script.
const grid = document.querySelector("[data-grid]");
const editor = document.querySelector("#grid-editor");
const status = document.querySelector("[data-said]");
const problem = editor?.querySelector("[data-wrong]");
const TWO_LETTER_STARTS = /^[CJY]$/; // letters that a digit may follow: C1, J1, Y3
let current = null;
let lastReason = "";

const cells = () => [...grid.tBodies[0].rows].map((row) =>
  [...row.querySelectorAll("td.grid-cell")].map((place) => place.querySelector("a.session-cell")));

function positionOf(cell) {
  const rows = cells();
  const y = rows.findIndex((row) => row.includes(cell));
  return [rows, y, rows[y].indexOf(cell)];
}

function makeTabStop(cell) {
  grid.querySelectorAll("a.session-cell").forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
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

function symbolFor(key, half) {
  const letter = key.toUpperCase();
  if (key === " " || key === "/" || key === "\\") return half === "1" ? "\\" : "/";
  return letter;
}

/** The choices of the list that fit this half of the day. */
function fitPresentCode(half) {
  const present = half === "1" ? "\\" : "/";
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
  fitPresentCode(cell.dataset.half);
  editor.action = cell.dataset.mark;
  editor.seen.value = cell.dataset.seen;
  editor.code.value = symbol || cell.dataset.code;
  if (editor.code.selectedIndex < 0) editor.code.value = cell.dataset.code;
  editor.minutes_late.value = editor.code.value === cell.dataset.code ? cell.dataset.minutes : "";
  editor.reason.value = lastReason;
  editor.querySelector("[data-what]").textContent = cell.dataset.name;
  editor.querySelector("[data-when]").textContent = cell.dataset.when;
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
  const symbol = symbolFor(key, cell.dataset.half);
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
  const cell = event.target.closest("a.session-cell");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  if (steps[event.key]) move(cell, ...steps[event.key]);
  else if (event.key === "Home" || event.key === "End") moveToEdge(cell, event.key === "End");
  else if (prefix && /^\d$/.test(event.key)) {
    clearTimeout(prefix.timer);
    openEditor(prefix.cell, prefix.symbol + event.key);
    prefix = null;
  } else if (cell.dataset.mark && /^[a-z#/\\ ]$/i.test(event.key)) {
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
      editor.seen.value = cell.dataset.seen;
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
  const first = grid.querySelector("tbody a.session-cell");
  if (first) makeTabStop(first);
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("focusin", (event) => {
    const cell = event.target.closest("a.session-cell");
    if (cell) makeTabStop(cell);
  });
  editor.addEventListener("submit", save);
  editor.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); closeEditor(); } });
  editor.querySelector("[data-cancel]").addEventListener("click", closeEditor);
}
