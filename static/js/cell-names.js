// The name of a cell of a grid beside the mouse: the page says it once, for screen readers.
document.addEventListener("mouseover", (event) => {
  const cell = event.target.closest(".session-cells a[aria-label]");
  if (cell) cell.title = cell.getAttribute("aria-label");
});
