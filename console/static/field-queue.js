// Presses that wait for a line, in the order in which they were made; they outlive the page.

const NAME = "dolbom-field";
const STORE = "presses";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function within(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const turn = database.transaction(STORE, mode);
      const asked = work(turn.objectStore(STORE));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = () => reject(turn.error);
    });
  } finally {
    database.close();
  }
}

export const wait = (press) => within("readwrite", (store) => store.add(press));
export const waiting = () => within("readonly", (store) => store.count());

let draining = null;

/** Sends what waits, oldest first, until the line is gone again; tells whether anything was sent. */
export function drained() {
  // One at a time: two side by side would send the same press twice.
  draining ??= sent().finally(() => {
    draining = null;
  });
  return draining;
}

async function sent() {
  let any = false;
  for (const key of await within("readonly", (store) => store.getAllKeys())) {
    const press = await within("readonly", (store) => store.get(key));
    if (!press) continue;
    try {
      const body = new URLSearchParams(press.body);
      const answer = await fetch(press.url, { method: "POST", body, signal: AbortSignal.timeout(8_000) });
      // The server cannot take it now; what it refuses it would refuse again.
      if (answer.status >= 500 || answer.status === 429) return any;
    } catch {
      return any;
    }
    await within("readwrite", (store) => store.delete(key));
    any = true;
  }
  return any;
}
