/* The service worker: registers that were opened today open again without a connection. Pages come
   from the network whenever it answers; what is kept is read only where it does not, only until the
   evening, and goes with the sign-out. Marks never pass through here: they wait in the outbox. */
const PAGES = "rollbook-pages";
const ASSETS = "rollbook-parts"; // style sheets and scripts: nobody's data
const KEPT_AT = "x-rollbook-kept-at";
const PAGE_TIMEOUT = 6_000; // milliseconds; a wifi that has dropped often says so only by its silence
const ASSET_TIMEOUT = 3_000;
const REGISTER = /^\/schools\/[^/]+\/registers\/\d+\/\d{4}-\d{2}-\d{2}\/(am|pm)\/$/;
const ROLL_CALL = /^\/schools\/[^/]+\/roll-call\/\d+\/$/;
const TODAY = /^\/schools\/[^/]+\/today\/$/;
const HASHED = /\.[0-9a-f]{12}\.[a-z0-9]+$/;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), dropExpired()])));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "POST") {
    if (url.pathname === "/sign-out/") event.waitUntil(caches.delete(PAGES));
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(respondToPage(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(respondToAsset(request, url));
});

/** The same hour as `expiresAt` in device-store.js: the evening, or two hours where it is evening already. */
function isFresh(response) {
  const keptAt = Number(response.headers.get(KEPT_AT));
  const evening = new Date(keptAt).setHours(18, 0, 0, 0);
  return Date.now() < Math.max(evening, keptAt + 2 * 3_600_000);
}

async function dropExpired() {
  const cache = await caches.open(PAGES);
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (!kept || !isFresh(kept)) await cache.delete(request);
  }
}

const withTimeout = (milliseconds, work) =>
  Promise.race([work, new Promise((_, fail) => setTimeout(() => fail(new Error("timeout")), milliseconds))]);

/* ---------- Pages ---------- */

async function respondToPage(request, url) {
  const isKept = [REGISTER, ROLL_CALL, TODAY].some((one) => one.test(url.pathname));
  const fetching = fetch(request);
  try {
    const kept = isKept && (await keptPage(url));
    const response = await (kept ? withTimeout(PAGE_TIMEOUT, fetching) : fetching);
    if (response.status === 502 || response.status === 503 || response.status === 504) throw new Error("gateway");
    if (isKept) await keepPage(url, response);
    return response;
  } catch {
    fetching.catch(() => {});
    const kept = isKept && (await keptPage(url));
    return kept || offlinePage();
  }
}

/** Keep such a page; forget all when the server asks for a sign-in instead. */
async function keepPage(url, response) {
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
  await dropExpired();
}

async function keptPage(url) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(url.pathname);
  if (!kept) return null;
  if (isFresh(kept)) return kept;
  await cache.delete(url.pathname);
  return null;
}

async function offlinePage() {
  await dropExpired();
  const pages = await caches.open(PAGES);
  const links = [];
  for (const request of await pages.keys()) {
    const title = /<title>([^<]*?) – Rollbook<\/title>/.exec(await (await pages.match(request)).text());
    links.push(`<li><a href="${new URL(request.url).pathname}">${title ? title[1] : "A register"}</a></li>`);
  }
  const words = links.length
    ? `<p>These were opened on this device today and work without a connection:</p><ul>${links.join("")}</ul>`
    : "<p>No register was opened on this device today, so none can be taken without a connection. Take it on paper; the office enters it later.</p>";
  const assets = await (await caches.open(ASSETS)).keys();
  const sheets = assets.map((asset) => asset.url).filter((address) => address.includes("/css/rollbook."));
  const styles = sheets.map((address) => `<link rel="stylesheet" href="${address}">`);
  const html = `<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>No connection – Rollbook</title>${styles.join("")}</head><body><main id="main" class="page page-narrow"><h1>No connection</h1><p>This page needs the server, and it does not answer. Marks that you have made wait on this device and go up by themselves.</p>${words}</main></body></html>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/* ---------- Style sheets and scripts ---------- */

/** Files with a hash in their name never change; the others come fresh where the network answers. */
async function respondToAsset(request, url) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept && HASHED.test(url.pathname)) return kept;
  try {
    const fetching = fetch(request);
    const response = await (kept ? withTimeout(ASSET_TIMEOUT, fetching) : fetching);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (problem) {
    if (kept) return kept;
    throw problem;
  }
}
