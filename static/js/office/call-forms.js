// First-day calling: the form of a call opens inside the list, and closes there.
document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) document.querySelector(close.dataset.close).replaceChildren();
});

document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.target;
  if (!place || !place.classList.contains("call-form")) return;
  const wrong = place.querySelector(".error-summary");
  (wrong || place.querySelector("select[name=outcome]"))?.focus();
});
