/* The register under a finger: a tap on a name goes through present, absent, late; a swipe to the right
   does the same, one to the left goes back. The buttons beside it do all of this too. */
import { choose, code, nameOf, radios, rows } from "./register.js";
import { say, soon } from "./register-journal.js";

const FAR = 48; // pixels that make a swipe
const EDGE = 24; // pixels from the side of the screen: a swipe that begins there turns the browser's pages
const SETTLED = 900; // milliseconds after the last tap: what is passed through is no mark
const start = new Map();

function cycle(row, way) {
  const codes = radios(row).map((one) => one.value);
  const at = codes.indexOf(code(row));
  const next = at < 0 ? (way > 0 ? 0 : codes.length - 1) : (at + way + codes.length) % codes.length;
  choose(row, codes[next]);
  soon(row, SETTLED);
  say(`${nameOf(row)}: ${radios(row)[next].parentElement.title}`);
}

for (const row of rows) {
  const who = row.querySelector(".who");
  row.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || event.target.closest(".extra")) return;
    const { clientX: x, clientY: y } = event;
    const isEdge = x < EDGE || x > innerWidth - EDGE;
    start.set(event.pointerId, { x, y, isEdge, isName: who.contains(event.target) });
  });
  row.addEventListener("pointerup", (event) => {
    const from = start.get(event.pointerId);
    start.delete(event.pointerId);
    if (!from || row.querySelector(".segs").inert) return;
    const across = event.clientX - from.x;
    const down = Math.abs(event.clientY - from.y);
    const isSwipe = Math.abs(across) >= FAR && Math.abs(across) > 2 * down;
    if (isSwipe && !from.isEdge) cycle(row, Math.sign(across));
    else if (from.isName && Math.abs(across) < 8 && down < 8) cycle(row, 1);
  });
  row.addEventListener("pointercancel", (event) => start.delete(event.pointerId));
}
