/* A button that prints its page; where it is what one came for, a press of Enter does. Without scripts the browser's own menu does. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  if (button.dataset.print === "focus") button.focus();
  button.addEventListener("click", () => print());
}
