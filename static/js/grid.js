// The week of a group by keyboard: arrows move, a code's letter opens the line in which it is
// changed. Each cell stays a link to its mark, which is all there is without this script.
const grid = document.querySelector("[data-grid]");
const editor = document.querySelector("#grid-editor");
const said = document.querySelector("[data-said]");
const wrong = editor?.querySelector("[data-wrong]");
const TWO = /^[CJY]$/; // letters that a digit may follow: C1, J1, Y3
let current = null;
let lastReason = "";

const table = () => [...grid.tBodies[0].rows].map((row) =>
  [...row.querySelectorAll("td.grid-cell")].map((place) => place.querySelector("a.session-cell")));

function placeOf(cell) {
  const rows = table();
  const y = rows.findIndex((row) => row.includes(cell));
  return [rows, y, rows[y].indexOf(cell)];
}

function settle(cell) {
  grid.querySelectorAll("a.session-cell").forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
}

function move(cell, down, right) {
  const [rows, y, x] = placeOf(cell);
  for (let step = 1; step <= Math.max(rows.length, rows[0].length); step += 1) {
    const next = rows[y + down * step]?.[x + right * step];
    if (next) { settle(next); next.focus(); return; }
  }
}

function edge(cell, last) {
  const [rows, y] = placeOf(cell);
  const found = rows[y].filter(Boolean);
  const next = last ? found.at(-1) : found[0];
  settle(next);
  next.focus();
}

function symbolFor(key, half) {
  const letter = key.toUpperCase();
  if (key === " " || key === "/" || key === "\\") return half === "1" ? "\\" : "/";
  return letter;
}

/** The choices of the list that fit this half of the day. */
function fit(half) {
  const present = half === "1" ? "\\" : "/";
  for (const option of editor.code.options) {
    if (option.dataset.present !== undefined || option.value === "/" || option.value === "\\") {
      option.dataset.present = "";
      option.value = present;
      option.textContent = `${present}  Present`;
    }
  }
}

function open(cell, symbol) {
  current = cell;
  fit(cell.dataset.half);
  editor.action = cell.dataset.mark;
  editor.seen.value = cell.dataset.seen;
  editor.code.value = symbol || cell.dataset.code;
  if (editor.code.selectedIndex < 0) editor.code.value = cell.dataset.code;
  editor.minutes_late.value = editor.code.value === cell.dataset.code ? cell.dataset.minutes : "";
  editor.reason.value = lastReason;
  editor.querySelector("[data-what]").textContent = cell.dataset.name;
  editor.querySelector("[data-when]").textContent = cell.dataset.when;
  wrong.textContent = "";
  editor.hidden = false;
  document.body.classList.add("has-grid-editor");
  editor.reason.focus();
  editor.reason.select();
  cell.scrollIntoView({ block: "nearest" });
}

function close() {
  editor.hidden = true;
  document.body.classList.remove("has-grid-editor");
  if (current) { settle(current); current.focus(); }
}

let waiting = null; // a first letter that a digit may still follow

function letter(cell, key) {
  const symbol = symbolFor(key, cell.dataset.half);
  const known = [...editor.code.options].some((option) => option.value === symbol);
  const begins = TWO.test(symbol) && [...editor.code.options].some((option) => option.value.length > 1 && option.value[0] === symbol);
  if (begins) {
    waiting = { cell, symbol, timer: setTimeout(() => { waiting = null; if (known) open(cell, symbol); }, 700) };
    return true;
  }
  if (known || symbol === "/" || symbol === "\\") { open(cell, symbol); return true; }
  return false;
}

function onKey(event) {
  const cell = event.target.closest("a.session-cell");
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
  if (steps[event.key]) move(cell, ...steps[event.key]);
  else if (event.key === "Home" || event.key === "End") edge(cell, event.key === "End");
  else if (waiting && /^\d$/.test(event.key)) {
    clearTimeout(waiting.timer);
    open(waiting.cell, waiting.symbol + event.key);
    waiting = null;
  } else if (cell.dataset.mark && /^[a-z#/\\ ]$/i.test(event.key)) {
    if (!letter(cell, event.key)) return;
  } else return;
  event.preventDefault();
}

function replace(cell, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const fresh = holder.content.querySelector("a");
  cell.replaceWith(fresh);
  current = fresh;
  settle(fresh);
  return fresh;
}

async function save(event) {
  event.preventDefault();
  const button = editor.querySelector("[type=submit]");
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(editor.action, { method: "POST", body: new FormData(editor), headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    lastReason = editor.reason.value;
    if (found.wrong) { wrong.textContent = Object.values(found.wrong)[0]; return; }
    const fresh = replace(current, found.cell);
    if (found.stale) {
      editor.seen.value = fresh.dataset.seen;
      wrong.textContent = found.stale;
      return;
    }
    said.textContent = found.said;
    close();
    move(fresh, 1, 0);
  } catch {
    wrong.textContent = "It was not saved: the school’s server did not answer. What you typed is still here; try again.";
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (grid && editor) {
  document.querySelectorAll(".needs-script").forEach((words) => { words.hidden = false; });
  const first = grid.querySelector("tbody a.session-cell");
  if (first) settle(first);
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("focusin", (event) => {
    const cell = event.target.closest("a.session-cell");
    if (cell) settle(cell);
  });
  editor.addEventListener("submit", save);
  editor.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); close(); } });
  editor.querySelector("[data-cancel]").addEventListener("click", close);
}
