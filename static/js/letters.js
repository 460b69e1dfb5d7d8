// Keys for the queue of letters: J K next and previous, A approve, H hold, D drop, ? all of them.
// They act wherever the focus is, as soon as the page is open, but never in a field, and can be
// switched off. What they press are the links and buttons of the page.

const area = document.querySelector("[data-keys]");
const STORED = "rollbook-letter-keys";
const GO_ON = "rollbook-letter-keys-go-on";

function stored(storage, name, value) {
  try {
    if (value === undefined) return storage.getItem(name);
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, value);
  } catch {
    // a browser that keeps nothing: the keys are simply on
  }
  return null;
}

const areOn = () => stored(localStorage, STORED) !== "off";

function show(on) {
  area.classList.toggle("has-keys", on);
  for (const key of area.querySelectorAll(".decide .key")) key.hidden = !on;
  const line = area.querySelector(".keys-line");
  if (!line) return;
  line.hidden = false;
  for (const words of line.querySelectorAll("span")) words.hidden = !on;
  const button = line.querySelector("[data-keys-switch]");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Keys are on" : "Keys are off";
}

function isTyping(target) {
  return Boolean(target.closest("input, textarea, select, [contenteditable], dialog, .popover"));
}

function follow(rel) {
  const link = area.querySelector(`.step-links a[rel=${rel}]`);
  if (!link) return false;
  stored(sessionStorage, GO_ON, "1");
  link.click();
  return true;
}

function decide(key) {
  const found = area.querySelector(`[data-decide=${key}]`);
  if (!found) return false;
  if (found.matches("form")) {
    stored(sessionStorage, GO_ON, "1");
    found.requestSubmit();
    return true;
  }
  found.open = true;
  found.querySelector("textarea").focus();
  return true;
}

function act(key) {
  if (key === "?") {
    document.querySelector(".keys-sheet").showModal();
    return true;
  }
  if (key === "j") return follow("next");
  if (key === "k") return follow("prev");
  return "ahd".includes(key) && decide(key);
}

function onKey(event) {
  if (event.key === "Escape") {
    const open = event.target.closest("details.decide-more[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  if (!areOn() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target) || event.key.length !== 1) return;
  if (act(event.key.toLowerCase())) event.preventDefault();
}

function focusTheQueue() {
  const wrong = area.querySelector(".decide .error-summary");
  if (wrong) return wrong.focus();
  const current = area.querySelector(".queue .is-current a") ?? area.querySelector(".queue a");
  const heading = area.querySelector("#letter-heading");
  const there = current && current.offsetParent !== null ? current : heading;
  if (there === heading && heading) heading.tabIndex = -1;
  return there?.focus();
}

/* A PDF that has just been drawn takes the focus in some browsers, in the middle of a word: it goes
   back, unless somebody pointed at the PDF or went to it by Tab. */
let last = null; // what had the focus before
let isPointedAt = false;
let isTabbing = false;

const isPdf = (target) => target instanceof Element && target.matches("iframe.pdf");

function keepTheFocus() {
  document.addEventListener("focusin", ({ target }) => {
    if (!isPdf(target)) last = target;
  });
  document.addEventListener("pointerover", ({ target }) => {
    isPointedAt = isPdf(target);
  });
  document.addEventListener("keydown", ({ key }) => {
    isTabbing = key === "Tab";
  });
  addEventListener("blur", () => {
    if (isPdf(document.activeElement) && !isPointedAt && !isTabbing) goBack();
  });
}

function goBack() {
  const there = last?.isConnected ? last : null;
  if (there) there.focus();
  else document.activeElement.blur();
}

if (area) {
  keepTheFocus();
  show(areOn());
  document.addEventListener("keydown", onKey);
  area.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    const on = !areOn();
    stored(localStorage, STORED, on ? null : "off");
    show(on);
  });
  area.addEventListener("submit", (event) => {
    if (event.target.closest(".popover") && areOn()) stored(sessionStorage, GO_ON, "1");
  });
  document.body.addEventListener("htmx:load", () => show(areOn()));
  const side = area.querySelector(".queue-side");
  const current = area.querySelector(".queue .is-current");
  if (current && side.scrollHeight > side.clientHeight) {
    side.scrollTop = current.offsetTop - side.offsetTop - side.clientHeight / 3;
  }
  if (stored(sessionStorage, GO_ON)) {
    stored(sessionStorage, GO_ON, null);
    focusTheQueue();
  }
}
