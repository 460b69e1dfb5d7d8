// Find anything: the field in the head of every page as a combobox with a grid (WAI-ARIA APG).
const form = document.querySelector("[data-finder]");
const field = form?.querySelector("input");
const found = form?.querySelector("[data-finder-found]");
const said = form?.querySelector("[data-finder-said]");
const SWITCH = "rollbook.finder.slash";
const FEWEST = 2;
let active = null; // the cell that Enter opens

const cellsOf = (row) => [...row.querySelectorAll("[role=gridcell]")];
const rows = () => [...found.querySelectorAll("[role=row]")];
const isOpen = () => !found.hidden;
const isCurrent = () => found.querySelector("[role=grid]")?.dataset.q === field.value.trim();
const inARegister = () => Boolean(document.querySelector(".pupil-row"));
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
  found.hidden = !isShown;
  field.setAttribute("aria-expanded", String(isShown));
  if (!isShown) choose(null);
}

function isLongEnough() {
  const letters = field.value.trim();
  return letters.length >= FEWEST || /[^\x00-\x7f]/.test(letters);
}

function goDown(way) {
  const all = rows();
  if (!all.length) return;
  const at = active ? all.indexOf(active.closest("[role=row]")) : way > 0 ? -1 : all.length;
  choose(cellsOf(all[(at + way + all.length) % all.length])[0]);
}

function goAlong(way) {
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
  ArrowDown: (event) => { event.preventDefault(); if (!isOpen() && rows().length) show(true); goDown(1); },
  ArrowUp: (event) => { event.preventDefault(); goDown(-1); },
  ArrowRight: (event) => { if (isOpen() && active && field.selectionStart === field.value.length && goAlong(1)) event.preventDefault(); },
  ArrowLeft: (event) => { if (isOpen() && active && goAlong(-1)) event.preventDefault(); },
  Enter: open,
  Escape: (event) => {
    event.preventDefault();
    if (isOpen()) show(false);
    else field.value = "";
  },
  Tab: () => show(false),
};

/** Not while somebody types, nor where / is a mark: in a register and in a week's grid. */
function isFree(target) {
  if (inARegister() || target.closest("[data-grid]")) return false;
  return !target.closest("textarea, select, [contenteditable], dialog[open], input:not([type=checkbox], [type=radio], [type=button], [type=submit])");
}

function onAnyKey(event) {
  if (event.defaultPrevented || event.altKey) return;
  const withControl = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
  const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && slashIsOn() && isFree(event.target);
  if (!withControl && !slash) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function begin() {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-haspopup": "grid", "aria-controls": found.id, "aria-autocomplete": "list", "aria-keyshortcuts": "/ Control+K" })) field.setAttribute(name, value);
  const key = form.querySelector("[data-finder-key]");
  key.textContent = inARegister() || !slashIsOn() ? "Ctrl K" : "/";
  key.hidden = false;
  field.addEventListener("keydown", (event) => KEYS[event.key]?.(event));
  field.addEventListener("htmx:configRequest", (event) => {
    if (isLongEnough()) return;
    event.preventDefault(); // one letter would find half a school
    found.replaceChildren();
    show(false);
  });
  field.addEventListener("focus", () => { if (isCurrent() && rows().length) show(true); });
  form.addEventListener("submit", (event) => { if (!field.value.trim()) event.preventDefault(); });
  found.addEventListener("htmx:afterSwap", () => {
    if (!form.contains(document.activeElement)) return;
    show(true);
    choose(rows().length ? cellsOf(rows()[0])[0] : null);
    said.textContent = found.querySelector("[data-said]")?.dataset.said || found.textContent.trim();
  });
  field.addEventListener("htmx:sendError", () => { said.textContent = "No connection: nothing can be found now."; });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) show(false); });
  document.addEventListener("keydown", onAnyKey);
}

function beginSwitch(place) {
  const box = place.querySelector("input");
  box.checked = slashIsOn();
  box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  place.hidden = false;
}

if (form) begin();
const place = document.querySelector("[data-finder-switch]");
if (place) beginSwitch(place);
