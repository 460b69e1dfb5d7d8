// The office: a search that answers as one types, and forms that open inside a list.
const find = document.querySelector("[data-find]");

function rows() {
  return [...document.querySelectorAll("#found .found > li")];
}

/** Only when the list is the answer to what stands in the box now. */
function isCurrent() {
  const list = document.querySelector("#found .found");
  return list && list.dataset.q === find.value;
}

/** Enter is for the one who is left; among several it chooses nobody (their own buttons do). */
function pressTheOnlyOne() {
  const [row, ...others] = rows();
  const actions = row && !others.length ? row.querySelectorAll("button, a.btn") : [];
  if (actions.length === 1) actions[0].click();
  else actions[0]?.focus(); // keep the code that stands, or not: a person says
  return actions.length > 0;
}

function sayHowManyAreLeft() {
  const told = document.querySelector("[data-find-told]");
  const number = Number(document.querySelector("#found .found")?.dataset.number || 0);
  if (told) told.textContent = number > 1 ? `${number} pupils are left: type more letters, or choose with the arrow key.` : "";
}

/** The box is where one begins, unless somebody was quicker and is in another one already. */
function beginInTheBox() {
  if (document.activeElement !== document.body) return;
  find.focus();
  find.setSelectionRange(find.value.length, find.value.length);
}

if (find) {
  beginInTheBox();
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && isCurrent()) {
      event.preventDefault();
      if (!pressTheOnlyOne()) sayHowManyAreLeft();
    } else if (event.key === "ArrowDown") {
      const first = document.querySelector("#found button, #found a.btn");
      if (first) { event.preventDefault(); first.focus(); }
    } else if (event.key === "Escape") {
      find.value = "";
      document.querySelector("#found").replaceChildren();
    }
  });
  find.addEventListener("input", () => {
    const told = document.querySelector("[data-find-told]");
    if (told) told.textContent = "";
  });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) document.querySelector(close.dataset.close).replaceChildren();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.target;
  if (!place || !place.classList.contains("call-form")) return;
  const wrong = place.querySelector(".error-summary");
  (wrong || place.querySelector("select[name=outcome]"))?.focus();
});

// Marks that came in late: the button says how many are ticked.
for (const form of document.querySelectorAll("form[data-ticks]")) {
  const button = form.querySelector("[data-ticked]");
  const count = () => {
    const ticked = form.querySelectorAll("input[name=held]:checked").length;
    button.firstElementChild.textContent = `${button.dataset.ticked} ${ticked} ${ticked === 1 ? "mark" : "marks"}`;
  };
  form.addEventListener("change", count);
  addEventListener("pageshow", count); // a page that one goes back to keeps its ticks
  count();
}
