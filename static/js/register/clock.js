/* How long a register is still open, kept true while the page stands. Without it the page says how
   it was when it came. */
const clock = document.querySelector("[data-clock]");

function tick() {
  const now = Date.now() / 1000;
  const { opens, ends } = clock.dataset;
  const left = Math.max(0, Math.ceil((ends - now) / 60));
  const gone = Math.min(1000, Math.max(0, Math.floor(((now - opens) * 1000) / (ends - opens))));
  clock.querySelector("[data-minutes]").textContent = left;
  clock.querySelector("rect").setAttribute("width", gone);
  if (left === 0) {
    clock.querySelector(".clock-words").textContent = "This register has ended";
    clearInterval(timer);
  }
}

const timer = clock ? setInterval(tick, 10_000) : undefined;
