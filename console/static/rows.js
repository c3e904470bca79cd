// Rows of the board: a row gives way only to a newer one, and stands where its sort key puts it.
const table = document.querySelector("table.qt");

export const rows = () => [...table.querySelectorAll("tr[data-id]")];
export const rowOf = (id) => document.getElementById(`a-${id}`);

export function place(html, { version, id }) {
  const old = rowOf(id);
  if (old && Number(old.dataset.v) >= version) return null;
  const holder = document.createElement("template");
  holder.innerHTML = html; // made and escaped by our own server
  const row = holder.content.querySelector("tr");
  const body = table.querySelector(`tbody[data-section="${row.dataset.section}"]`);
  const focused = old && old.contains(document.activeElement);
  const selected = old?.getAttribute("aria-selected") === "true";
  if (old) old.remove();
  const after = [...body.querySelectorAll("tr[data-id]")].find((other) => other.dataset.sort > row.dataset.sort);
  body.insertBefore(row, after ?? null);
  if (selected) row.setAttribute("aria-selected", "true");
  if (focused) row.focus({ preventScroll: true });
  return row;
}

export function remove(id, version) {
  const row = rowOf(id);
  if (!row || Number(row.dataset.v) > version) return;
  row.remove();
}

export function replaceAll(list) {
  const kept = new Set(list.map((one) => one.id));
  for (const row of rows()) if (!kept.has(row.dataset.id)) row.remove();
  return list.map((one) => place(one.html, { id: one.id, version: one.v })).filter(Boolean);
}

export function count() {
  const all = rows();
  for (const body of table.querySelectorAll("tbody")) {
    body.querySelector(".sec b").textContent = body.querySelectorAll("tr[data-id]").length;
  }
  for (const box of document.querySelectorAll("[data-count]")) {
    const what = box.dataset.count;
    const of = all.filter((row) => what === "mine" ? row.dataset.section === "mine"
      : what === "soon" ? row.querySelector(".due.soon") : what === "over" ? row.querySelector(".due.over-due") : row.dataset.p === what);
    box.querySelector(".n").textContent = of.length;
    box.classList.toggle("zero", of.length === 0);
    box.querySelector(".pri")?.classList.toggle("off", of.length === 0);
    const fresh = box.querySelector(".c-new");
    if (fresh) {
      const n = of.filter((row) => row.dataset.new === "1").length;
      fresh.querySelector("i").textContent = n;
      fresh.classList.toggle("un", n > 0);
    }
  }
  document.getElementById("open").textContent = all.length;
  document.getElementById("calm").hidden = all.length > 0;
  const unowned = all.filter((row) => row.dataset.section === "new").length;
  document.title = (unowned ? `(${unowned}) ` : "") + document.body.dataset.title;
}

export function checksum() {
  const text = rows().map((row) => `${row.dataset.id}:${row.dataset.v}`).sort().join("\n");
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0");
}
