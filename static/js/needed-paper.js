// What a code needs is asked for once a code is chosen that needs it. Without this it always stands.
const CHOICE = "select[name=code]";

function showNeededPaper(form) {
  const paper = form.querySelector("[data-needed-by]");
  const code = form.querySelector(CHOICE);
  if (!paper || !code) return;
  const needs = JSON.parse(paper.dataset.neededBy)[code.value];
  const field = paper.closest(`#div_${paper.id}`);
  field.hidden = !needs && !paper.value;
  const hint = field.querySelector(`#${paper.id}_helptext`);
  hint.dataset.all ||= hint.textContent;
  hint.textContent = needs ? `${code.value}: ${needs}. ${paper.dataset.leftEmpty}` : hint.dataset.all;
}

const showAll = () => {
  for (const code of document.querySelectorAll(CHOICE)) if (code.form) showNeededPaper(code.form);
};

document.addEventListener("change", (event) => {
  if (event.target.matches(CHOICE) && event.target.form) showNeededPaper(event.target.form);
});
document.addEventListener("htmx:afterSettle", showAll);
addEventListener("pageshow", showAll); // a page that one goes back to keeps its choice
showAll();
