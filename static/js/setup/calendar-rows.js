/* Rows of the calendar are added in place; without this the button sends the form and comes back with one more. */

function addRow(button) {
  const what = button.value;
  const rows = document.querySelector(`[data-rows="${what}"]`);
  const pattern = document.querySelector(`template[data-row="${what}"]`);
  const total = document.querySelector(`[name="${what}-TOTAL_FORMS"]`);
  const most = Number(document.querySelector(`[name="${what}-MAX_NUM_FORMS"]`).value);
  const number = Number(total.value);
  if (number >= most) {
    return;
  }
  const row = pattern.content.cloneNode(true);
  for (const part of row.querySelectorAll("[id], [name], [for]")) {
    for (const attribute of ["id", "name", "for"]) {
      if (part.hasAttribute(attribute)) {
        part.setAttribute(attribute, part.getAttribute(attribute).replace("__prefix__", number));
      }
    }
  }
  row.querySelector("legend").append(` ${number + 1}`);
  total.value = number + 1;
  rows.append(row);
  rows.lastElementChild.querySelector("input, select").focus();
}

for (const button of document.querySelectorAll('button[name="more"]')) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    addRow(button);
  });
}
