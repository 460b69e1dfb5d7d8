/* The service worker: registers that were opened today open again without a connection. Pages come
   from the network whenever it answers; what is kept is read only where it does not, only until the
   evening, and goes with the sign-out. Marks never pass through here: they wait in the outbox. */
const PAGES = "rollbook-pages";
const PARTS = "rollbook-parts"; // style sheets and scripts: nobody's data
const KEPT_AT = "x-rollbook-kept-at";
const PAGE_PATIENCE = 6_000; // milliseconds; a wifi that has dropped often says so only by its silence
const PART_PATIENCE = 3_000;
const REGISTER = /^\/schools\/[^/]+\/registers\/\d+\/\d{4}-\d{2}-\d{2}\/(am|pm)\/$/;
const ROLL_CALL = /^\/schools\/[^/]+\/roll-call\/\d+\/$/;
const TODAY = /^\/schools\/[^/]+\/today\/$/;
const HASHED = /\.[0-9a-f]{12}\.[a-z0-9]+$/;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), bury()])));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "POST") {
    if (url.pathname === "/sign-out/") event.waitUntil(caches.delete(PAGES));
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(part(request, url));
});

/** The same hour as `diesAt` in outbox.js: the evening, or two hours where it is evening already. */
function isAlive(response) {
  const keptAt = Number(response.headers.get(KEPT_AT));
  const evening = new Date(keptAt).setHours(18, 0, 0, 0);
  return Date.now() < Math.max(evening, keptAt + 2 * 3_600_000);
}

async function bury() {
  const cache = await caches.open(PAGES);
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (!kept || !isAlive(kept)) await cache.delete(request);
  }
}

const within = (milliseconds, work) =>
  Promise.race([work, new Promise((_, fail) => setTimeout(() => fail(new Error("late")), milliseconds))]);

/* ---------- Pages ---------- */

async function page(request, url) {
  const isOurs = [REGISTER, ROLL_CALL, TODAY].some((one) => one.test(url.pathname));
  const asked = fetch(request);
  try {
    const kept = isOurs && (await keptPage(url));
    const response = await (kept ? within(PAGE_PATIENCE, asked) : asked);
    if (response.status === 502 || response.status === 503 || response.status === 504) throw new Error("gate");
    if (isOurs) await keep(url, response);
    return response;
  } catch {
    asked.catch(() => {});
    const kept = isOurs && (await keptPage(url));
    return kept || offline();
  }
}

/** Keep what is a page of ours; forget all when the server asks for a sign-in instead. */
async function keep(url, response) {
  if (response.redirected || response.type === "opaqueredirect") {
    await caches.delete(PAGES);
    return;
  }
  if (!response.ok || url.search) return;
  const copy = response.clone();
  const headers = new Headers(copy.headers);
  headers.set(KEPT_AT, String(Date.now()));
  const cache = await caches.open(PAGES);
  await cache.put(url.pathname, new Response(await copy.blob(), { headers }));
  await bury();
}

async function keptPage(url) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(url.pathname);
  if (!kept) return null;
  if (isAlive(kept)) return kept;
  await cache.delete(url.pathname);
  return null;
}

async function offline() {
  await bury();
  const pages = await caches.open(PAGES);
  const links = [];
  for (const request of await pages.keys()) {
    const title = /<title>([^<]*?) – Rollbook<\/title>/.exec(await (await pages.match(request)).text());
    links.push(`<li><a href="${new URL(request.url).pathname}">${title ? title[1] : "A register"}</a></li>`);
  }
  const words = links.length
    ? `<p>These were opened on this device today and work without a connection:</p><ul>${links.join("")}</ul>`
    : "<p>No register was opened on this device today, so none can be taken without a connection. Take it on paper; the office enters it later.</p>";
  const parts = await (await caches.open(PARTS)).keys();
  const sheets = parts.map((one) => one.url).filter((one) => ORDER(one) >= 0);
  const styles = sheets.sort((one, other) => ORDER(one) - ORDER(other)).map((one) => `<link rel="stylesheet" href="${one}">`);
  const html = `<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>No connection – Rollbook</title>${styles.join("")}</head><body><main id="main" class="page page-narrow"><h1>No connection</h1><p>This page needs the server, and it does not answer. Marks that you have made wait on this device and go up by themselves.</p>${words}</main></body></html>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

const ORDER = (sheet) => ["/bootstrap-parts.", "/css/tokens.", "/css/components."].findIndex((name) => sheet.includes(name));

/* ---------- Parts ---------- */

/** Files with a hash in their name never change; the others come fresh where the network answers. */
async function part(request, url) {
  const cache = await caches.open(PARTS);
  const kept = await cache.match(request);
  if (kept && HASHED.test(url.pathname)) return kept;
  try {
    const asked = fetch(request);
    const response = await (kept ? within(PART_PATIENCE, asked) : asked);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (problem) {
    if (kept) return kept;
    throw problem;
  }
}
