/* The register by the keys alone. They act while the focus is on a row's choices and nowhere else, and
   can be switched off in the sheet of keys (WCAG 2.1.4). */
import { beginnings, plain } from "../name-search.js";
import { chooseCode, code, drawRow, form, minutes, nameOf, radios, rows } from "./rows.js";
import { announce, commitSoon, commitStep, redo, undo, unmark } from "./undo.js";

const DIGITS_WITHIN = 500; // milliseconds that a number of two digits, or a second letter, may take
const MINUTES_WITHIN = 900; // and minutes of more than one digit
const TWO_LETTER_STARTS = "CJY"; // codes of two letters begin so
const SWITCH = "rollbook.register.keys";
const sheet = document.getElementById("register-keys");
const finder = document.getElementById("register-find");
let number = "";
let prefix = null; // { row, letter }: a digit straight after belongs to the code
let lateRow = null; // { row, typed }: the next digits are its minutes
let timer;

const keysAreOn = () => localStorage.getItem(SWITCH) !== "off";
const isChoice = (target) => target.type === "radio" && target.closest(".pupil-row");

/* ---------- Going from row to row ---------- */

function focusRow(row) {
  if (!row) return;
  (radios(row).find((one) => one.checked) || radios(row)[0]).focus();
  row.scrollIntoView({ block: "nearest" });
}

const rowBeside = (row) => {
  const columns = [...form.querySelectorAll(".register-list")].map((one) => [...one.querySelectorAll(".pupil-row")]);
  const here = columns.findIndex((one) => one.includes(row));
  const other = columns[1 - here]?.[columns[here].indexOf(row)];
  return rows.includes(other) ? other : null;
};

const nextUnmarked = (row, way) => {
  const order = way > 0 ? rows.slice(rows.indexOf(row) + 1) : rows.slice(0, rows.indexOf(row)).reverse();
  return order.find((one) => !code(one));
};

function focusNumber(digit) {
  number += digit;
  const row = document.getElementById(`p${number}`);
  if (rows.includes(row)) focusRow(row);
  clearTimeout(timer);
  timer = setTimeout(() => {
    number = "";
  }, DIGITS_WITHIN);
}

/** With the keys switched off: to the next choice of the row, without choosing it. */
function focusNextChoice(row, way) {
  const all = radios(row);
  const at = all.indexOf(document.activeElement);
  all[(at + way + all.length) % all.length].focus();
}

/** Nor does the foot or the head cover a part of it, however the focus came there (WCAG 2.4.11). */
form.addEventListener("focusin", ({ target }) => {
  if (target.matches(":focus-visible")) target.closest(".pupil-row")?.scrollIntoView({ block: "nearest" });
});

/* ---------- Codes ---------- */

function markRow(row, symbol) {
  if (!chooseCode(row, symbol)) return false;
  if (row.contains(document.activeElement)) focusRow(row); // the ring stands around what was chosen
  announce(`${nameOf(row)}: ${symbol}`);
  return true;
}

function takeDigit(row, digit) {
  if (prefix?.row === row) {
    const symbol = prefix.letter + digit;
    prefix = null;
    if (!markRow(row, symbol)) announce(`There is no code ${symbol} here.`);
    commitStep();
  } else if (lateRow?.row === row) {
    lateRow.typed += digit;
    minutes(row).value = lateRow.typed;
    drawRow(row);
    commitSoon(row, MINUTES_WITHIN);
    announce(`${lateRow.typed} minutes late`);
  } else focusNumber(digit);
}

function takeLetter(row, letter) {
  const taken = markRow(row, letter);
  prefix = TWO_LETTER_STARTS.includes(letter) ? { row, letter } : null;
  lateRow = taken && letter === "L" ? { row, typed: "" } : null;
  if (prefix || lateRow) commitSoon(row, MINUTES_WITHIN);
  else commitStep();
  if (!taken && !prefix) announce(`${letter} is no code that you can set here.`);
}

/* ---------- What each key does ---------- */

const markPresent = (row) => {
  markRow(row, radios(row)[0].value);
  commitStep();
  focusRow(rows[rows.indexOf(row) + 1]);
};

/** Everybody without a mark, and nobody else. */
export function markTheRest() {
  const rest = rows.filter((row) => !code(row));
  if (!rest.length) return announce("Everybody is marked.");
  commitStep();
  for (const row of rest) chooseCode(row, radios(row)[0].value);
  commitStep({ rest: true });
  announce(`${rest.length} marked present. Ctrl Z takes it back.`);
  return form.querySelector("[data-save]:not([hidden])")?.focus();
}

const KEYS = {
  ArrowUp: (row) => focusRow(rows[rows.indexOf(row) - 1]),
  ArrowDown: (row) => focusRow(rows[rows.indexOf(row) + 1]),
  ArrowLeft: (row) => focusRow(rowBeside(row)),
  ArrowRight: (row) => focusRow(rowBeside(row)),
  " ": markPresent,
  Enter: (row, hadPrefix) => (hadPrefix ? focusRow(rows[rows.indexOf(row) + 1]) : markPresent(row)),
  Backspace: unmark,
  "+": (row) => {
    row.querySelector(".seg-more").open = true;
    row.querySelector("input[name^='comment-']").focus();
  },
  "?": () => sheet.show(),
  A: markTheRest,
  H: (row) => announce(row.querySelector(".last-ten").getAttribute("aria-label")),
  F: () => {
    finder.showModal();
    finder.querySelector("input").select();
  },
};
const ALONG = { ArrowLeft: -1, ArrowRight: 1 };

form.addEventListener("keydown", (event) => {
  const row = isChoice(event.target);
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (row && (event.ctrlKey || event.metaKey) && key === "Z") {
    event.preventDefault();
    if (event.shiftKey) redo();
    else undo();
    return;
  }
  if (event.key === "Escape" && event.target.closest(".extra")) return focusRow(event.target.closest(".pupil-row"));
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!keysAreOn()) {
    if (ALONG[key]) focusNextChoice(row, ALONG[key]);
    else if (key === "ArrowUp" || key === "ArrowDown") KEYS[key](row);
    else return;
    event.preventDefault();
    return;
  }
  if (key === "Tab") {
    const next = nextUnmarked(row, event.shiftKey ? -1 : 1);
    if (!next) return; // and out of the list, as everywhere
    event.preventDefault();
    return focusRow(next);
  }
  if (/^[0-9]$/.test(key)) takeDigit(row, key);
  else {
    number = "";
    if (KEYS[key]) {
      const hadPrefix = prefix?.row === row;
      prefix = null;
      lateRow = null;
      commitStep();
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
sheet.querySelector("input").checked = keysAreOn();
sheet.querySelector("input").addEventListener("change", (event) => {
  localStorage.setItem(SWITCH, event.target.checked ? "on" : "off");
});
finder.addEventListener("close", () => {
  const typed = finder.querySelector("input").value.trim();
  const parts = plain(typed).split(/\s+/);
  const isNamed = (row) => parts.every((part) => beginnings(nameOf(row)).some((word) => word.startsWith(part)));
  const found = typed && rows.find(isNamed);
  if (found) focusRow(found);
  else announce(typed ? `Nobody here has a name that begins with ${typed}.` : "");
});
for (const key of form.querySelectorAll("[data-key]")) key.hidden = false;
if (!document.querySelector(".is-conflict, .is-refused, .error-summary") && document.activeElement === document.body) {
  focusRow(rows.find((row) => !code(row)) || rows[0]);
  scrollTo(0, 0);
}
