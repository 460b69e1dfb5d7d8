// The office finds a pupil: a search that answers as one types (the late desk, signing out, on site).
const field = document.querySelector("[data-find]");

function foundRows() {
  return [...document.querySelectorAll("#found .found > li")];
}

/** Only when the list is the answer to what stands in the box now. */
function isCurrent() {
  const list = document.querySelector("#found .found");
  return list && list.dataset.q === field.value;
}

/** Enter is for the one who is left; among several it chooses nobody (their own buttons do). */
function pressOnlyResult() {
  const [row, ...others] = foundRows();
  const actions = row && !others.length ? row.querySelectorAll("button, a.btn") : [];
  if (actions.length === 1) actions[0].click();
  else actions[0]?.focus(); // keep the code that stands, or not: a person says
  return actions.length > 0;
}

function announceHowManyAreLeft() {
  const status = document.querySelector("[data-find-told]");
  const number = Number(document.querySelector("#found .found")?.dataset.number || 0);
  if (status) status.textContent = number > 1 ? `${number} pupils are left: type more letters, or choose with the arrow key.` : "";
}

/** The box is where one begins, unless somebody was quicker and is in another one already. */
function focusField() {
  if (document.activeElement !== document.body) return;
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

if (field) {
  focusField();
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && isCurrent()) {
      event.preventDefault();
      if (!pressOnlyResult()) announceHowManyAreLeft();
    } else if (event.key === "ArrowDown") {
      const first = document.querySelector("#found button, #found a.btn");
      if (first) { event.preventDefault(); first.focus(); }
    } else if (event.key === "Escape") {
      field.value = "";
      document.querySelector("#found").replaceChildren();
    }
  });
  field.addEventListener("input", () => {
    const status = document.querySelector("[data-find-told]");
    if (status) status.textContent = "";
  });
}
