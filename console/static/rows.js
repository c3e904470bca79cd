// Rows of the board: a row gives way only to a newer one, and stands where its sort key puts it.
import { isHidden } from "./filters.js";
import { bring, draw, forget, put, replace, rowOf, rows } from "./window.js";

export { bring, draw, rowOf, rows };

const table = document.querySelector("table.qt"), word = document.body.dataset.wFolded;

// What is folded into an incident is there, and is not walked through.
export const shownRows = ({ filtered = false } = {}) => rows().filter((row) => !row.classList.contains("folded") && (filtered || !isHidden(row)));

export function place(html, { version, id }) {
  const old = rowOf(id);
  if (old && Number(old.dataset.v) >= version) return null;
  const holder = document.createElement("template");
  holder.innerHTML = html; // made and escaped by our own server
  const row = holder.content.querySelector("tr");
  const focused = old && old.contains(document.activeElement);
  const selected = old?.getAttribute("aria-selected") === "true";
  const held = old?.isConnected && (focused || old.matches(":hover"));
  if (held) replace(old, row);
  else { if (old) forget(old); put(row); }
  if (selected) { row.setAttribute("aria-selected", "true"); row.tabIndex = 0; }
  if (focused) row.focus({ preventScroll: true });
  if (held) sortLater(row);
  return row;
}

// A row does not leave from under the pointer or the focus: it moves when it is left, or after two seconds.
function sortLater(row) {
  row.dataset.held = "1";
  const move = () => {
    clearTimeout(timer);
    for (const name of ["pointerleave", "focusout"]) row.removeEventListener(name, move);
    delete row.dataset.held;
    if (rowOf(row.dataset.id) !== row) return;
    const focused = row.contains(document.activeElement);
    row.remove();
    put(row);
    draw();
    if (focused) row.focus({ preventScroll: true });
  };
  const timer = setTimeout(move, 2000);
  for (const name of ["pointerleave", "focusout"]) row.addEventListener(name, move);
}

// What comes in above moves the list and not the row under the pointer.
export function keepingPlace(change) {
  const held = table.querySelector("tr[data-id]:hover") ?? table.querySelector('tr[aria-selected="true"]');
  const top = held?.getBoundingClientRect().top;
  change();
  draw();
  const after = held && rowOf(held.dataset.id);
  if (after?.isConnected) table.parentElement.scrollTop += after.getBoundingClientRect().top - top;
}

export function remove(id, version) {
  const row = rowOf(id);
  if (!row || Number(row.dataset.v) > version) return;
  forget(row);
  row.remove();
}

export function count() {
  const all = rows();
  for (const body of table.querySelectorAll("tbody")) {
    const of = all.filter((row) => row.dataset.section === body.dataset.section), shown = of.filter((row) => !row.classList.contains("folded"));
    body.querySelector(".sec b").textContent = shown.length;
    body.querySelector(".sec .infold").textContent = of.length > shown.length ? word.replace("{n}", of.length - shown.length) : "";
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
  for (const chip of document.querySelectorAll(".chip[data-filter]")) {
    const what = chip.dataset.filter;
    chip.querySelector("b").textContent = what ? all.filter((row) => row.dataset.section === what).length : all.length;
  }
  document.getElementById("calm").hidden = all.length > 0;
  if (!all.some((row) => row.tabIndex === 0)) { const first = shownRows()[0]; if (first) first.tabIndex = 0; }
  const unowned = shownRows({ filtered: true }).filter((row) => row.dataset.section === "new").length;
  document.title = (unowned ? `(${unowned}) ` : "") + document.body.dataset.title;
}

export function checksum() {
  const text = rows().map((row) => `${row.dataset.id}:${row.dataset.v}`).sort().join("\n");
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value.toString(16).padStart(8, "0");
}
