/* What this device keeps of registers: marks that have not left it, and marks as they stood when it
   last heard of them. No name of a child is in it. In a browser without IndexedDB it lasts as long as
   the page. */
const NAME = "rollbook";
const STORES = { marks: { keyPath: "n", autoIncrement: true }, known: { keyPath: "url" } };
const memory = { marks: new Map(), known: new Map(), next: 1 };

const opened = new Promise((resolve) => {
  if (!("indexedDB" in self)) return resolve(null);
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => {
    for (const [name, how] of Object.entries(STORES)) asked.result.createObjectStore(name, how);
  };
  asked.onsuccess = () => {
    asked.result.onversionchange = () => asked.result.close();
    resolve(asked.result);
  };
  asked.onerror = () => resolve(null); // a private window, say: what waits lasts as long as the page
  return undefined;
});

/** Whether what waits outlives the page. */
export const isKept = () => opened.then(Boolean);

/** One transaction on one store; the result of what `act` asks for, once it is on the disk. */
async function within(name, mode, act) {
  const base = await opened;
  if (!base) return inMemory(name, act);
  return new Promise((resolve, reject) => {
    const work = base.transaction(name, mode, { durability: "strict" });
    let found;
    const keep = (value) => {
      found = value;
    };
    act(work.objectStore(name), keep);
    work.oncomplete = () => resolve(found);
    work.onerror = () => reject(work.error);
    work.onabort = () => reject(work.error);
  });
}

const done = (request, then) => {
  request.onsuccess = () => then(request.result);
};

/* ---------- The outbox: in the order in which it was made ---------- */

export const put = (entry) =>
  within("marks", "readwrite", (store, keep) => done(store.put(entry), keep));

export const entries = () => within("marks", "readonly", (store, keep) => done(store.getAll(), keep));

export const drop = (n) => within("marks", "readwrite", (store) => store.delete(n));

/** Change one entry: `how` gets it and gives it back, or null to take it away. The entry as it was. */
export const change = (n, how) =>
  within("marks", "readwrite", (store, keep) =>
    done(store.get(n), (entry) => {
      keep(entry);
      if (!entry) return;
      const after = how(entry);
      if (after === null) store.delete(n);
      else if (after) store.put(after);
    }),
  );

/* ---------- What is known of a register ---------- */

export const known = (url) => within("known", "readonly", (store, keep) => done(store.get(url), keep));

export const know = (url, rows) =>
  within("known", "readwrite", (store) =>
    done(store.get(url), (before) => {
      const all = { ...before?.rows };
      for (const [row, mark] of Object.entries(rows)) {
        if (!all[row] || all[row].version <= mark.version) all[row] = mark;
      }
      store.put({ url, rows: all, keptAt: Date.now() });
    }),
  );

export const forgetOld = (isDead) =>
  within("known", "readwrite", (store) =>
    done(store.getAll(), (all) => {
      for (const one of all) if (isDead(one.keptAt)) store.delete(one.url);
    }),
  );

export const forgetKnown = () => within("known", "readwrite", (store) => store.clear());

/* ---------- Where there is no IndexedDB ---------- */

function inMemory(name, act) {
  const rows = memory[name];
  const key = STORES[name].keyPath;
  const waiting = [];
  const answer = (value) => {
    const request = { result: value };
    waiting.push(request);
    return request;
  };
  let found;
  act(
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
      found = value;
    },
  );
  while (waiting.length) {
    const request = waiting.shift();
    request.onsuccess?.();
  }
  return Promise.resolve(found);
}
