// The name of a new kind of action is asked for only where "a kind that is not in this list" is
// chosen. Without this module the field is simply there.
const kind = document.getElementById("id_kind");
const name = document.getElementById("div_id_new_kind");

function show() {
  name.hidden = kind.value !== "own" && !name.querySelector("input").value;
}

if (kind && name) {
  kind.addEventListener("change", show);
  show();
}
