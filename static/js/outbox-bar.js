/* The line on every page that says what waits on this device, and why. */
import * as store from "./device-store.js";
import * as outbox from "./outbox.js";

const bar = document.querySelector("[data-outbox]");
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const OBSTACLES = {
  offline: "no connection",
  trouble: "the server does not answer",
  "signed-out": "sign in again to send them",
  other: "somebody else has signed in; load the page anew",
};

async function drawBar() {
  if (!bar) return;
  const all = await store.entries();
  const own = all.filter((one) => one.person === outbox.personId && one.url !== location.pathname);
  const count = (list) => list.reduce((sum, one) => sum + (one.asks || one.changes).length, 0);
  const waiting = own.filter((one) => one.state !== "asks");
  const asking = own.filter((one) => one.state === "asks");
  const theirs = count(all.filter((one) => one.person !== outbox.personId));
  const parts = [];
  if (waiting.length && (outbox.currentObstacle() || !outbox.personId)) parts.push([waiting, `${plural(count(waiting), "mark")} wait${count(waiting) === 1 ? "s" : ""} on this device: ${OBSTACLES[outbox.currentObstacle()] || "not sent yet"}.`]);
  if (asking.length) parts.push([asking, `${plural(count(asking), "mark")} could not be saved and need${count(asking) === 1 ? "s" : ""} you.`]);
  bar.replaceChildren(
    ...parts.map(([list, words]) => {
      const line = document.createElement("p");
      line.className = "sync sync-waiting";
      line.append(`${words} `, ...links(list));
      return line;
    }),
  );
  if (theirs) {
    const line = document.createElement("p");
    line.className = "sync sync-waiting";
    line.textContent = `${plural(theirs, "mark")} of somebody else wait${theirs === 1 ? "s" : ""} on this device until that person signs in on it.`;
    bar.append(line);
  }
  bar.hidden = !bar.children.length;
}

function links(list) {
  const labels = new Map(list.map((one) => [one.url, one.label]));
  return [...labels].map(([url, label]) => {
    const link = document.createElement("a");
    link.href = url;
    link.textContent = label;
    return link;
  });
}

outbox.on("changed", drawBar);
drawBar();
