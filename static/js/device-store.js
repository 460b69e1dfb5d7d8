/* What this device keeps of registers: marks that have not left it, and marks as they stood when it
   last heard of them. No name of a child is in it. In a browser without IndexedDB it lasts as long as
   the page. */
const NAME = "rollbook";
const PAGES = "rollbook-pages"; // the service worker's cache
const STORES = { marks: { keyPath: "n", autoIncrement: true }, known: { keyPath: "url" } };
const memory = { marks: new Map(), known: new Map(), next: 1 };

const opened = new Promise((resolve) => {
  if (!("indexedDB" in self)) return resolve(null);
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    for (const [name, options] of Object.entries(STORES)) opening.result.createObjectStore(name, options);
  };
  opening.onsuccess = () => {
    opening.result.onversionchange = () => opening.result.close();
    resolve(opening.result);
  };
  opening.onerror = () => resolve(null); // a private window, say: what waits lasts as long as the page
  return undefined;
});

/** Whether what waits outlives the page. */
export const isKept = () => opened.then(Boolean);

/** One transaction on one store; the result that `work` hands to `keep`, once it is on the disk. */
async function inTransaction(name, mode, work) {
  const database = await opened;
  if (!database) return inMemory(name, work);
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(name, mode, { durability: "strict" });
    let result;
    const keep = (value) => {
      result = value;
    };
    work(transaction.objectStore(name), keep);
    transaction.oncomplete = () => resolve(result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

const onSuccess = (request, then) => {
  request.onsuccess = () => then(request.result);
};

/* ---------- The outbox: in the order in which it was made ---------- */

export const put = (entry) =>
  inTransaction("marks", "readwrite", (store, keep) => onSuccess(store.put(entry), keep));

export const entries = () => inTransaction("marks", "readonly", (store, keep) => onSuccess(store.getAll(), keep));

export const drop = (n) => inTransaction("marks", "readwrite", (store) => store.delete(n));

/** Change one entry: `update` gets it and gives it back, or null to take it away. The entry as it was. */
export const change = (n, update) =>
  inTransaction("marks", "readwrite", (store, keep) =>
    onSuccess(store.get(n), (entry) => {
      keep(entry);
      if (!entry) return;
      const after = update(entry);
      if (after === null) store.delete(n);
      else if (after) store.put(after);
    }),
  );

/* ---------- What is known of a register ---------- */

export const known = (url) => inTransaction("known", "readonly", (store, keep) => onSuccess(store.get(url), keep));

export const know = (url, rows) =>
  inTransaction("known", "readwrite", (store) =>
    onSuccess(store.get(url), (before) => {
      const all = { ...before?.rows };
      for (const [row, mark] of Object.entries(rows)) {
        if (!all[row] || all[row].version <= mark.version) all[row] = mark;
      }
      store.put({ url, rows: all, keptAt: Date.now() });
    }),
  );

export const forgetOld = (isExpired) =>
  inTransaction("known", "readwrite", (store) =>
    onSuccess(store.getAll(), (all) => {
      for (const one of all) if (isExpired(one.keptAt)) store.delete(one.url);
    }),
  );

/** Until when what was kept for reading may be read: the evening, or two hours where it is evening. */
export function expiresAt(keptAt) {
  const evening = new Date(keptAt).setHours(18, 0, 0, 0);
  return Math.max(evening, keptAt + 2 * 3_600_000);
}

/** Pages and marks that were kept for reading go; what waits to be sent stays. */
export const clearKept = () =>
  Promise.all([inTransaction("known", "readwrite", (store) => store.clear()), self.caches?.delete(PAGES)]);

/* ---------- Where there is no IndexedDB ---------- */

function inMemory(name, work) {
  const rows = memory[name];
  const key = STORES[name].keyPath;
  const requests = [];
  const answer = (value) => {
    const request = { result: value };
    requests.push(request);
    return request;
  };
  let result;
  work(
    {
      get: (id) => answer(rows.get(id)),
      getAll: () => answer([...rows.values()]),
      put(value) {
        const id = value[key] ?? memory.next++;
        rows.set(id, { ...value, [key]: id });
        return answer(id);
      },
      delete: (id) => answer(rows.delete(id)),
      clear: () => answer(rows.clear()),
    },
    (value) => {
      result = value;
    },
  );
  while (requests.length) {
    const request = requests.shift();
    request.onsuccess?.();
  }
  return Promise.resolve(result);
}
