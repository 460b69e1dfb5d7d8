/* The register by the keys alone. They act while the focus is on a row's choices and nowhere else, and
   can be switched off in the sheet of keys (WCAG 2.1.4). */
import { choose, clear, code, draw, form, list, markTheRest, minutes, radios, rows } from "./register.js";

const PAUSE = 500; // milliseconds that a number of two digits may take
const PREFIXES = "CJY"; // codes of two letters begin so
const SWITCH = "rollbook.register.keys";
const sheet = document.getElementById("register-keys");
const said = document.getElementById("register-said");
const finder = document.getElementById("register-find");
const past = [];
const future = [];
let number = "";
let prefix = null; // { row, letter }: a digit straight after belongs to the code
let late = null; // the row whose minutes the next digits are
let timer;

const isOn = () => localStorage.getItem(SWITCH) !== "off";
const say = (words) => {
  said.textContent = words;
};
const nameOf = (row) => row.querySelector(".who bdi").textContent;
const isListKey = (target) => target.type === "radio" && target.closest(".pupil-row");

/* ---------- Undo and redo: what all rows said before ---------- */

const look = () => rows.map((row) => [radios(row).find((one) => one.checked)?.value || "", list(row).value, minutes(row).value]);

function show(seen) {
  rows.forEach((row, at) => {
    const [radio, other, late] = seen[at];
    for (const one of radios(row)) one.checked = one.value === radio;
    list(row).value = other;
    minutes(row).value = late;
    draw(row);
  });
}

function remember(act) {
  const before = look();
  const done = act();
  if (JSON.stringify(before) !== JSON.stringify(look())) {
    past.push(before);
    future.length = 0;
  }
  return done;
}

function step(from, to, words) {
  if (!from.length) return say(`Nothing to ${words}.`);
  to.push(look());
  show(from.pop());
  return say(words === "undo" ? "Undone." : "Done again.");
}

let steady = look(); // for what the mouse does
form.addEventListener("pointerdown", () => {
  steady = look();
});
form.addEventListener("change", (event) => {
  if (!event.isTrusted || JSON.stringify(steady) === JSON.stringify(look())) return;
  past.push(steady);
  future.length = 0;
  steady = look();
});

/* ---------- Going from row to row ---------- */

function go(row) {
  if (!row) return;
  (radios(row).find((one) => one.checked) || radios(row)[0]).focus();
  row.scrollIntoView({ block: "nearest" });
}

const beside = (row) => {
  const columns = [...form.querySelectorAll(".register-list")].map((one) => [...one.querySelectorAll(".pupil-row")]);
  const here = columns.findIndex((one) => one.includes(row));
  const other = columns[1 - here];
  return other && rows.includes(other[columns[here].indexOf(row)]) ? other[columns[here].indexOf(row)] : null;
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

/* ---------- Codes ---------- */

function mark(row, symbol) {
  if (!remember(() => choose(row, symbol))) return false;
  say(`${nameOf(row)}: ${symbol}`);
  return true;
}

function takeDigit(row, digit) {
  if (prefix?.row === row) {
    const symbol = prefix.letter + digit;
    prefix = null;
    if (mark(row, symbol)) return;
    say(`There is no code ${symbol} here.`);
  } else if (late === row) {
    const typed = minutes(row).dataset.typed || "";
    minutes(row).dataset.typed = typed + digit;
    remember(() => {
      minutes(row).value = typed + digit;
      draw(row);
    });
    say(`${minutes(row).value} minutes late`);
  } else goToNumber(digit);
}

function takeLetter(row, letter) {
  const taken = mark(row, letter);
  prefix = PREFIXES.includes(letter) ? { row, letter } : null;
  late = taken && letter === "L" ? row : null;
  if (late) minutes(row).dataset.typed = "";
  if (!taken && !prefix) say(`${letter} is no code that you can set here.`);
}

/* ---------- The map ---------- */

const PRESENT = (row) => {
  mark(row, radios(row)[0].value);
  go(rows[rows.indexOf(row) + 1]);
};
const KEYS = {
  ArrowUp: (row) => go(rows[rows.indexOf(row) - 1]),
  ArrowDown: (row) => go(rows[rows.indexOf(row) + 1]),
  ArrowLeft: (row) => go(beside(row)),
  ArrowRight: (row) => go(beside(row)),
  " ": PRESENT,
  Enter: PRESENT,
  Backspace: (row) => remember(() => clear(row)),
  "+": (row) => {
    row.querySelector(".seg-more").open = true;
    row.querySelector("input[name^='comment-']").focus();
  },
  "?": () => sheet.show(),
  A: () => remember(markTheRest),
  H: (row) => say(row.querySelector(".last-ten").getAttribute("aria-label")),
  F: () => {
    finder.showModal();
    finder.querySelector("input").select();
  },
};

form.addEventListener("keydown", (event) => {
  const row = isListKey(event.target);
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (row && (event.ctrlKey || event.metaKey) && key === "Z") {
    event.preventDefault();
    if (event.shiftKey) step(future, past, "redo");
    else step(past, future, "undo");
    return;
  }
  if (event.key === "Escape" && event.target.closest(".extra")) return go(event.target.closest(".pupil-row"));
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Tab") {
    const next = unmarked(row, event.shiftKey ? -1 : 1);
    if (!next) return; // and out of the list, as everywhere
    event.preventDefault();
    return go(next);
  }
  const isArrow = key.startsWith("Arrow");
  if (!isOn() && !isArrow) return;
  if (/^[0-9]$/.test(key)) takeDigit(row, key);
  else {
    number = "";
    if (KEYS[key]) {
      prefix = null;
      late = null;
      KEYS[key](row);
    } else if (/^[A-Z#/\\]$/.test(key)) takeLetter(row, key);
    else return;
  }
  event.preventDefault();
});

/* ---------- The sheet, the finder, the first row ---------- */

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
  const asked = finder.querySelector("input").value.trim().toLowerCase();
  const found = asked && rows.find((row) => nameOf(row).toLowerCase().split(" ").some((part) => part.startsWith(asked)));
  if (found) go(found);
  else say(asked ? `Nobody here has a name that begins with ${asked}.` : "");
});
for (const key of form.querySelectorAll("[data-key]")) key.hidden = false;
if (!document.querySelector(".is-conflict, .is-refused, .error-summary") && document.activeElement === document.body) {
  go(rows.find((row) => !code(row)) || rows[0]);
  scrollTo(0, 0);
}
