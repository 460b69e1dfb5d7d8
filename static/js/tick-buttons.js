// Lists of boxes: tick all of them, or none. Without this they are ticked one by one.
function addTickButtons(list) {
  if (list.dataset.ticks === "ready") return;
  const boxes = [...list.querySelectorAll('input[type="checkbox"]')];
  if (boxes.length < 4) return;
  list.dataset.ticks = "ready";
  const acts = document.createElement("p");
  acts.className = "tick-acts";
  for (const [words, state] of [["Tick all", true], ["Tick none", false]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = words;
    button.addEventListener("click", () => boxes.forEach((box) => { box.checked = state; }));
    acts.append(button);
  }
  const above = list.querySelector(".invalid-feedback, .form-text") || list.querySelector("legend");
  if (above) above.after(acts); else list.prepend(acts);
}

const addAll = () => document.querySelectorAll("[data-ticks]").forEach(addTickButtons);
addAll();
document.body.addEventListener("htmx:afterSettle", addAll);
