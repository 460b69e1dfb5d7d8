/* The register by the keys alone. They act while the focus is on a row's choices and nowhere else, and
   can be switched off in the sheet of keys (WCAG 2.1.4). */
import { choose, code, form, list, minutes, nameOf, radios, rows, draw } from "./register.js";
import { beginnings, plain } from "./names.js";
import { redo, say, soon, step, undo, unmark } from "./register-journal.js";

const PAUSE = 500; // milliseconds that a number of two digits, or a second letter, may take
const TYPING = 900; // and minutes of more than one digit
const PREFIXES = "CJY"; // codes of two letters begin so
const SWITCH = "rollbook.register.keys";
const sheet = document.getElementById("register-keys");
const finder = document.getElementById("register-find");
let number = "";
let prefix = null; // { row, letter }: a digit straight after belongs to the code
let late = null; // { row, typed }: the next digits are its minutes
let timer;

const isOn = () => localStorage.getItem(SWITCH) !== "off";
const isListKey = (target) => target.type === "radio" && target.closest(".pupil-row");

/* ---------- Going from row to row ---------- */

function go(row) {
  if (!row) return;
  (radios(row).find((one) => one.checked) || radios(row)[0]).focus();
  row.scrollIntoView({ block: "nearest" });
}

const beside = (row) => {
  const columns = [...form.querySelectorAll(".register-list")].map((one) => [...one.querySelectorAll(".pupil-row")]);
  const here = columns.findIndex((one) => one.includes(row));
  const other = columns[1 - here]?.[columns[here].indexOf(row)];
  return rows.includes(other) ? other : null;
};

const unmarked = (row, way) => {
  const order = way > 0 ? rows.slice(rows.indexOf(row) + 1) : rows.slice(0, rows.indexOf(row)).reverse();
  return order.find((one) => !code(one));
};

function goToNumber(digit) {
  number += digit;
  const row = document.getElementById(`p${number}`);
  if (rows.includes(row)) go(row);
  clearTimeout(timer);
  timer = setTimeout(() => {
    number = "";
  }, PAUSE);
}

/** With the keys switched off: to the next choice of the row, without choosing it. */
function goAlong(row, way) {
  const all = radios(row);
  const at = all.indexOf(document.activeElement);
  all[(at + way + all.length) % all.length].focus();
}

/** Nor does the foot or the head cover a part of it, however the focus came there (WCAG 2.4.11). */
form.addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) target.closest(".pupil-row")?.scrollIntoView({ block: "nearest" });
});

/* ---------- Codes ---------- */

function mark(row, symbol) {
  if (!choose(row, symbol)) return false;
  if (row.contains(document.activeElement)) go(row); // the ring stands around what was chosen
  say(`${nameOf(row)}: ${symbol}`);
  return true;
}

function takeDigit(row, digit) {
  if (prefix?.row === row) {
    const symbol = prefix.letter + digit;
    prefix = null;
    if (!mark(row, symbol)) say(`There is no code ${symbol} here.`);
    step();
  } else if (late?.row === row) {
    late.typed += digit;
    minutes(row).value = late.typed;
    draw(row);
    soon(row, TYPING);
    say(`${late.typed} minutes late`);
  } else goToNumber(digit);
}

function takeLetter(row, letter) {
  const taken = mark(row, letter);
  prefix = PREFIXES.includes(letter) ? { row, letter } : null;
  late = taken && letter === "L" ? { row, typed: "" } : null;
  if (prefix || late) soon(row, TYPING);
  else step();
  if (!taken && !prefix) say(`${letter} is no code that you can set here.`);
}

/* ---------- The map ---------- */

const present = (row) => {
  mark(row, radios(row)[0].value);
  step();
  go(rows[rows.indexOf(row) + 1]);
};

/** Everybody without a mark, and nobody else. */
export function markTheRest() {
  const rest = rows.filter((row) => !code(row));
  if (!rest.length) return say("Everybody is marked.");
  step();
  for (const row of rest) choose(row, radios(row)[0].value);
  step({ rest: true });
  say(`${rest.length} marked present. Ctrl Z takes it back.`);
  return form.querySelector("[data-save]:not([hidden])")?.focus();
}

const KEYS = {
  ArrowUp: (row) => go(rows[rows.indexOf(row) - 1]),
  ArrowDown: (row) => go(rows[rows.indexOf(row) + 1]),
  ArrowLeft: (row) => go(beside(row)),
  ArrowRight: (row) => go(beside(row)),
  " ": present,
  Enter: (row, hadPrefix) => (hadPrefix ? go(rows[rows.indexOf(row) + 1]) : present(row)),
  Backspace: unmark,
  "+": (row) => {
    row.querySelector(".seg-more").open = true;
    row.querySelector("input[name^='comment-']").focus();
  },
  "?": () => sheet.show(),
  A: markTheRest,
  H: (row) => say(row.querySelector(".last-ten").getAttribute("aria-label")),
  F: () => {
    finder.showModal();
    finder.querySelector("input").select();
  },
};
const ALONG = { ArrowLeft: -1, ArrowRight: 1 };

form.addEventListener("keydown", (event) => {
  const row = isListKey(event.target);
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (row && (event.ctrlKey || event.metaKey) && key === "Z") {
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
    return;
  }
  if (event.key === "Escape" && event.target.closest(".extra")) return go(event.target.closest(".pupil-row"));
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!isOn()) {
    if (ALONG[key]) goAlong(row, ALONG[key]);
    else if (key === "ArrowUp" || key === "ArrowDown") KEYS[key](row);
    else return;
    event.preventDefault();
    return;
  }
  if (key === "Tab") {
    const next = unmarked(row, event.shiftKey ? -1 : 1);
    if (!next) return; // and out of the list, as everywhere
    event.preventDefault();
    return go(next);
  }
  if (/^[0-9]$/.test(key)) takeDigit(row, key);
  else {
    number = "";
    if (KEYS[key]) {
      const hadPrefix = prefix?.row === row;
      prefix = null;
      late = null;
      step();
      KEYS[key](row, hadPrefix);
    } else if (/^[A-Z#/\\]$/.test(key)) takeLetter(row, key);
    else return;
  }
  event.preventDefault();
});

/* ---------- The sheet, the finder, the rest, the first row ---------- */

form.querySelector("[data-rest]")?.addEventListener("click", (event) => {
  event.preventDefault();
  markTheRest();
});
form.querySelector("[data-keys]").addEventListener("click", () => (sheet.open ? sheet.close() : sheet.show()));
form.querySelector("[data-keys]").hidden = false;
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && sheet.open) sheet.close();
});
sheet.querySelector("input").checked = isOn();
sheet.querySelector("input").addEventListener("change", (event) => {
  localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});
finder.addEventListener("close", () => {
  const asked = finder.querySelector("input").value.trim();
  const parts = plain(asked).split(/\s+/);
  const isCalled = (row) => parts.every((part) => beginnings(nameOf(row)).some((word) => word.startsWith(part)));
  const found = asked && rows.find(isCalled);
  if (found) go(found);
  else say(asked ? `Nobody here has a name that begins with ${asked}.` : "");
});
for (const key of form.querySelectorAll("[data-key]")) key.hidden = false;
if (!document.querySelector(".is-conflict, .is-refused, .error-summary") && document.activeElement === document.body) {
  go(rows.find((row) => !code(row)) || rows[0]);
  scrollTo(0, 0);
}
