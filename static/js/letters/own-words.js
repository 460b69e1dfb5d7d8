// A school's own words: a field of the list is put where the cursor stands.

const body = document.querySelector("#id_body");

for (const button of document.querySelectorAll("[data-field]")) {
  button.disabled = false;
  button.addEventListener("click", () => {
    body.setRangeText(`{{${button.dataset.field}}}`, body.selectionStart, body.selectionEnd, "end");
    body.focus();
    body.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
