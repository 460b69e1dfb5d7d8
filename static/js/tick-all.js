/* One box ticks all rows of its form, or none. Without a script each is ticked by hand. */

for (const form of document.querySelectorAll("form[data-tick-all]")) {
  const label = form.querySelector(".tick-all");
  if (!label) continue;
  const all = label.querySelector("input");
  const boxes = [...form.querySelectorAll("input[type=checkbox][name]")];
  const update = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  label.hidden = false;
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  form.addEventListener("change", update);
  addEventListener("pageshow", update); // a page that one goes back to keeps its ticks
}
