// Find anything: the field in the head of every page as a combobox with a grid (WAI-ARIA APG).
const form = document.querySelector("[data-finder]");
const field = form?.querySelector("input");
const results = form?.querySelector("[data-finder-found]");
const status = form?.querySelector("[data-finder-said]");
const SWITCH = "rollbook.finder.slash";
const FEWEST_LETTERS = 2;
let active = null; // the cell that Enter opens

const cellsOf = (row) => [...row.querySelectorAll("[role=gridcell]")];
const rows = () => [...results.querySelectorAll("[role=row]")];
const isOpen = () => !results.hidden;
const isCurrent = () => results.querySelector("[role=grid]")?.dataset.q === field.value.trim();
const isOnRegister = () => Boolean(document.querySelector(".pupil-row"));
const slashIsOn = () => localStorage.getItem(SWITCH) !== "off";

/* ---------- What is shown, what is chosen ---------- */

function choose(cell) {
  active?.classList.remove("is-active");
  active?.closest("[role=row]").removeAttribute("aria-selected");
  active = cell || null;
  if (!active) return field.removeAttribute("aria-activedescendant");
  active.classList.add("is-active");
  active.closest("[role=row]").setAttribute("aria-selected", "true");
  active.scrollIntoView({ block: "nearest" });
  return field.setAttribute("aria-activedescendant", active.id);
}

function show(isShown) {
  results.hidden = !isShown;
  field.setAttribute("aria-expanded", String(isShown));
  if (!isShown) choose(null);
}

function isLongEnough() {
  const letters = field.value.trim();
  return letters.length >= FEWEST_LETTERS || /[^\x00-\x7f]/.test(letters);
}

function moveDown(way) {
  const all = rows();
  if (!all.length) return;
  const at = active ? all.indexOf(active.closest("[role=row]")) : way > 0 ? -1 : all.length;
  choose(cellsOf(all[(at + way + all.length) % all.length])[0]);
}

function moveAlong(way) {
  const cells = cellsOf(active.closest("[role=row]"));
  const next = cells[cells.indexOf(active) + way];
  if (next) choose(next);
  return Boolean(next);
}

/** Enter opens what is chosen; with Shift it does the first thing that is usually done with it. */
function open(event) {
  if (!isOpen() || !isCurrent() || !active) return;
  const acts = cellsOf(active.closest("[role=row]")).slice(1);
  const cell = event.shiftKey ? acts[0] : active;
  event.preventDefault();
  cell?.querySelector("a").click();
}

/* ---------- Keys ---------- */

const KEYS = {
  ArrowDown: (event) => { event.preventDefault(); if (!isOpen() && rows().length) show(true); moveDown(1); },
  ArrowUp: (event) => { event.preventDefault(); moveDown(-1); },
  ArrowRight: (event) => { if (isOpen() && active && field.selectionStart === field.value.length && moveAlong(1)) event.preventDefault(); },
  ArrowLeft: (event) => { if (isOpen() && active && moveAlong(-1)) event.preventDefault(); },
  Enter: open,
  Escape: (event) => {
    event.preventDefault();
    if (isOpen()) show(false);
    else field.value = "";
  },
  Tab: () => show(false),
};

/** Not while somebody types, nor where / is a mark: in a register and in a week's grid. */
function slashIsFree(target) {
  if (isOnRegister() || target.closest("[data-grid]")) return false;
  return !target.closest("textarea, select, [contenteditable], dialog[open], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

function onAnyKey(event) {
  if (event.defaultPrevented || event.altKey) return;
  const withControl = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && slashIsOn() && slashIsFree(event.target);
  if (!withControl && !slash) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function setUp() {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-haspopup": "grid", "aria-controls": results.id, "aria-autocomplete": "list", "aria-keyshortcuts": "/ Control+K" })) field.setAttribute(name, value);
  const key = form.querySelector("[data-finder-key]");
  key.textContent = isOnRegister() || !slashIsOn() ? "Ctrl K" : "/";
  key.hidden = false;
  field.addEventListener("keydown", (event) => KEYS[event.key]?.(event));
  field.addEventListener("htmx:configRequest", (event) => {
    if (isLongEnough()) return;
    event.preventDefault(); // one letter would find half a school
    results.replaceChildren();
    show(false);
  });
  field.addEventListener("focus", () => { if (isCurrent() && rows().length) show(true); });
  form.addEventListener("submit", (event) => { if (!field.value.trim()) event.preventDefault(); });
  results.addEventListener("htmx:afterSwap", () => {
    if (!form.contains(document.activeElement)) return;
    show(true);
    choose(rows().length ? cellsOf(rows()[0])[0] : null);
    status.textContent = results.querySelector("[data-said]")?.dataset.said || results.textContent.trim();
  });
  field.addEventListener("htmx:sendError", () => { status.textContent = "No connection: nothing can be results now."; });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  document.addEventListener("keydown", onAnyKey);
}

function setUpSwitch(place) {
  const box = place.querySelector("input");
  box.checked = slashIsOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  place.hidden = false;
}

if (form) setUp();
const place = document.querySelector("[data-finder-switch]");
if (place) setUpSwitch(place);
