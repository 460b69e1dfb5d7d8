/* What others mark meanwhile appears by itself, and so does the end of the register. */
import * as outbox from "../outbox.js";
import * as store from "../device-store.js";
import { applyMark, showMaker, url } from "./marks.js";
import { form, rowOfEnrolment } from "./rows.js";
import { connection, showStatus } from "./status.js";

const EVERY = 2_500; // milliseconds between two looks at the register: within five seconds all is here
const SELDOM = 10_000; // and where the server can hardly follow
const endedNotice = document.querySelector("[data-ended]");
let etag = "";
let isOver = false;
let looking = null;

/** One look at a time, however many ask for it. */
export function fetchMarks() {
  looking ??= fetchOnce().finally(() => {
    looking = null;
  });
  return looking;
}

async function fetchOnce() {
  let response;
  try {
    response = await outbox.request(`${url}marks/`, etag ? { headers: { "If-None-Match": etag } } : {});
  } catch {
    connection.isOffline = true;
    return showStatus();
  }
  connection.isSignedOut = response.type === "opaqueredirect";
  if (response.status === 200) await applyMarks(response);
  if (connection.isOffline || outbox.currentObstacle() === "offline") outbox.send(); // it answers: no need to wait
  connection.isOffline = false;
  return showStatus();
}

async function applyMarks(response) {
  const live = await response.json().catch(() => null);
  if (!live?.marks) return;
  etag = response.headers.get("ETag") || "";
  const known = {};
  for (const [pk, version, symbol, late, comment, by, by_name, made_at] of live.marks) {
    const mark = { version, code: symbol, minutes: late, comment };
    known[pk] = mark;
    const row = rowOfEnrolment.get(pk);
    if (row && applyMark(row, mark) && by !== outbox.personId) showMaker(row, { by_name, made_at });
  }
  store.know(url, known);
  if (live.ended) endRegister();
}

function endRegister() {
  if (isOver) return;
  isOver = true;
  endedNotice.hidden = false;
  for (const field of form.querySelectorAll(".segs, .extra-fields")) field.inert = true;
  form.querySelector("[data-rest]")?.remove();
  form.classList.add("is-over");
}

/** Look again and again; less often where the server is slow to answer, so as not to make it slower. */
export async function watchMarks() {
  const expires = store.expiresAt(Date.now());
  while (!isOver && Date.now() < expires) {
    const began = Date.now();
    if (document.visibilityState === "visible") await fetchMarks();
    const pause = Math.min(SELDOM, Math.max(EVERY, 3 * (Date.now() - began)));
    await new Promise((on) => setTimeout(on, pause));
  }
  if (!isOver) store.clearKept().then(() => location.reload());
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !isOver) fetchMarks();
});
addEventListener("online", fetchMarks);
addEventListener("offline", () => {
  connection.isOffline = true;
  showStatus();
});
