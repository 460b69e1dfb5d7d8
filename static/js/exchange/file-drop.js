/* A field for files says which were chosen and lights up while they are dragged over it. */

const megabytes = (bytes) => `${Math.max(bytes / 1048576, 0.1).toFixed(1)} MB`;

for (const field of document.querySelectorAll("input[type=file].drop")) {
  const list = document.createElement("ul");
  list.className = "chosen plain";
  list.setAttribute("role", "status");
  field.after(list);
  const listFiles = () => {
    list.replaceChildren(...[...field.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name}, ${megabytes(file.size)}`;
      return line;
    }));
  };
  const highlight = (on) => () => field.classList.toggle("is-over", on);
  field.addEventListener("change", listFiles);
  field.addEventListener("dragenter", highlight(true));
  for (const over of ["dragleave", "drop", "dragend"]) field.addEventListener(over, highlight(false));
  addEventListener("pageshow", listFiles); // a page that one goes back to keeps its files
}
