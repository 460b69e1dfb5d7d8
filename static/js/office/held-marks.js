// Held marks, which came in late: the button says how many are ticked.
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
