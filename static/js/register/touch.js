/* The register under a finger: a tap on a name goes through present, absent, late; a swipe to the right
   does the same, one to the left goes back. The buttons beside it do all of this too. */
import { chooseCode, code, nameOf, radios, rows } from "./rows.js";
import { announce, commitSoon } from "./undo.js";

const SWIPE_LENGTH = 48; // pixels that make a swipe
const EDGE = 24; // pixels from the side of the screen: a swipe that begins there turns the browser's pages
const SETTLES_AFTER = 900; // milliseconds after the last tap: what is passed through is no mark
const touches = new Map();

function cycle(row, way) {
  const codes = radios(row).map((one) => one.value);
  const at = codes.indexOf(code(row));
  const next = at < 0 ? (way > 0 ? 0 : codes.length - 1) : (at + way + codes.length) % codes.length;
  chooseCode(row, codes[next]);
  commitSoon(row, SETTLES_AFTER);
  announce(`${nameOf(row)}: ${radios(row)[next].parentElement.title}`);
}

for (const row of rows) {
  const who = row.querySelector(".who");
  row.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || event.target.closest(".extra")) return;
    const { clientX: x, clientY: y } = event;
    const isEdge = x < EDGE || x > innerWidth - EDGE;
    touches.set(event.pointerId, { x, y, isEdge, isName: who.contains(event.target) });
  });
  row.addEventListener("pointerup", (event) => {
    const from = touches.get(event.pointerId);
    touches.delete(event.pointerId);
    if (!from || row.querySelector(".segs").inert) return;
    const across = event.clientX - from.x;
    const down = Math.abs(event.clientY - from.y);
    const isSwipe = Math.abs(across) >= SWIPE_LENGTH && Math.abs(across) > 2 * down;
    if (isSwipe && !from.isEdge) cycle(row, Math.sign(across));
    else if (from.isName && Math.abs(across) < 8 && down < 8) cycle(row, 1);
  });
  row.addEventListener("pointercancel", (event) => touches.delete(event.pointerId));
}
