// Keys for the queue of letters: J K next and previous, A approve, H hold, D drop, ? all of them.
// They act wherever the focus is, as soon as the page is open, but never in a field, and can be
// switched off. What they press are the links and buttons of the page.

const area = document.querySelector("[data-keys]");
const SWITCH = "rollbook-letter-keys";
const FOCUS_NEXT = "rollbook-letter-keys-go-on"; // the next page gives the queue the focus

function remembered(storage, name, value) {
  try {
    if (value === undefined) return storage.getItem(name);
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, value);
  } catch {
    // a browser that keeps nothing: the keys are simply on
  }
  return null;
}

const keysAreOn = () => remembered(localStorage, SWITCH) !== "off";

function showKeys(on) {
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

function followLink(rel) {
  const link = area.querySelector(`.step-links a[rel=${rel}]`);
  if (!link) return false;
  remembered(sessionStorage, FOCUS_NEXT, "1");
  link.click();
  return true;
}

function decide(key) {
  const control = area.querySelector(`[data-decide=${key}]`);
  if (!control) return false;
  if (control.matches("form")) {
    remembered(sessionStorage, FOCUS_NEXT, "1");
    control.requestSubmit();
    return true;
  }
  control.open = true;
  control.querySelector("textarea").focus();
  return true;
}

function pressKey(key) {
  if (key === "?") {
    document.querySelector(".keys-sheet").showModal();
    return true;
  }
  if (key === "j") return followLink("next");
  if (key === "k") return followLink("prev");
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
  if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target) || event.key.length !== 1) return;
  if (pressKey(event.key.toLowerCase())) event.preventDefault();
}

function focusQueue() {
  const wrong = area.querySelector(".decide .error-summary");
  if (wrong) return wrong.focus();
  const current = area.querySelector(".queue .is-current a") ?? area.querySelector(".queue a");
  const heading = area.querySelector("#letter-heading");
  const target = current && current.offsetParent !== null ? current : heading;
  if (target === heading && heading) heading.tabIndex = -1;
  return target?.focus();
}

/* A PDF that has just been drawn takes the focus in some browsers, in the middle of a word: it goes
   back, unless somebody pointed at the PDF or went to it by Tab. */
let lastFocused = null; // before the PDF had it
let isPointedAt = false;
let isTabbing = false;

const isPdf = (target) => target instanceof Element && target.matches("iframe.pdf");

function keepFocusOffPdf() {
  document.addEventListener("focusin", ({ target }) => {
    if (!isPdf(target)) lastFocused = target;
  });
  document.addEventListener("pointerover", ({ target }) => {
    isPointedAt = isPdf(target);
  });
  document.addEventListener("keydown", ({ key }) => {
    isTabbing = key === "Tab";
  });
  addEventListener("blur", () => {
    if (isPdf(document.activeElement) && !isPointedAt && !isTabbing) restoreFocus();
  });
  if (isPdf(document.activeElement)) restoreFocus(); // it was drawn before this ran
}

function restoreFocus() {
  const target = lastFocused?.isConnected ? lastFocused : null;
  if (target) target.focus();
  else document.activeElement.blur();
}

if (area) {
  keepFocusOffPdf();
  showKeys(keysAreOn());
  document.addEventListener("keydown", onKey);
  area.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keys-switch]")) return;
    const on = !keysAreOn();
    remembered(localStorage, SWITCH, on ? null : "off");
    showKeys(on);
  });
  area.addEventListener("submit", (event) => {
    if (event.target.closest(".popover") && keysAreOn()) remembered(sessionStorage, FOCUS_NEXT, "1");
  });
  document.body.addEventListener("htmx:load", () => showKeys(keysAreOn()));
  const side = area.querySelector(".queue-side");
  const current = area.querySelector(".queue .is-current");
  if (current && side.scrollHeight > side.clientHeight) {
    side.scrollTop = current.offsetTop - side.offsetTop - side.clientHeight / 3;
  }
  if (remembered(sessionStorage, FOCUS_NEXT)) {
    remembered(sessionStorage, FOCUS_NEXT, null);
    focusQueue();
  }
}
