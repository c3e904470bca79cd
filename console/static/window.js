// The rows that are drawn: all of a short board; of a long one those near where one looks, and every grave one.
// The others wait outside the document at their place in the order, and a blank as high as they are keeps the scroll true.
const table = document.querySelector("table.qt"), scroller = table.parentElement;
const NEVER = new Set(["1", "2"]), MOST = 200, AROUND = 60, HIDDEN = ["filtered", "far", "tucked", "folded"];
const lists = new Map([...table.tBodies].map((body) => [body.dataset.section, [...body.querySelectorAll("tr[data-id]")]]));
const known = new Map([...lists.values()].flat().map((row) => [row.dataset.id, row]));
let first = 0, height = 53, waiting = false;

export const rows = () => [...lists.values()].flat();
export const rowOf = (id) => known.get(id) ?? null;
const shown = (row) => !HIDDEN.some((kind) => row.classList.contains(kind));
// What is under the hand does not leave.
const pinned = (row) => NEVER.has(row.dataset.p) || row.getAttribute("aria-selected") === "true" || row.dataset.held || row.contains(document.activeElement) || row.isConnected && row.matches(":hover");

// A row stands in the list of the section where it is drawn: one that is held changes its section when it is left.
const listOf = (row) => [...lists.values()].find((list) => list.includes(row));

export function put(row) {
  forget(row);
  const list = lists.get(row.dataset.section), others = list.filter((other) => !other.dataset.held);
  let low = 0, high = others.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (others[middle].dataset.sort > row.dataset.sort) high = middle; else low = middle + 1;
  }
  list.splice(low < others.length ? list.indexOf(others[low]) : list.length, 0, row);
  known.set(row.dataset.id, row);
}

export function replace(old, row) {
  const list = listOf(old);
  list[list.indexOf(old)] = row;
  known.set(row.dataset.id, row);
  if (old.isConnected) old.replaceWith(row);
}

export function forget(row) {
  const list = listOf(row);
  if (list) list.splice(list.indexOf(row), 1);
  if (known.get(row.dataset.id) === row) known.delete(row.dataset.id);
}

export function draw() {
  const all = rows().filter(shown), long = known.size > MOST;
  first = Math.max(0, Math.min(first, all.length - MOST));
  const near = long ? new Set(all.slice(first, first + MOST)) : null;
  all.forEach((row, place) => { if (row.ariaRowIndex !== String(place + 1)) row.ariaRowIndex = String(place + 1); });
  for (const body of table.tBodies) drawList(body, lists.get(body.dataset.section), near);
}

function drawList(body, list, near) {
  const wanted = [body.rows[0]], blanks = [...body.querySelectorAll("tr.blank")];
  let left = 0;
  const blank = () => {
    if (!left) return;
    const row = blanks.shift() ?? made();
    row.firstChild.style.height = `${left * height}px`;
    wanted.push(row);
    left = 0;
  };
  for (const row of list) {
    if (!near || near.has(row) || pinned(row)) { blank(); wanted.push(row); } else left += shown(row);
  }
  blank();
  const kept = new Set(wanted);
  for (const row of [...body.rows]) if (!kept.has(row)) row.remove();
  let at = body.firstElementChild;
  for (const row of wanted) { if (row === at) at = at.nextElementSibling; else body.insertBefore(row, at); }
}

function made() {
  const row = document.createElement("tr"), cell = document.createElement("td");
  row.className = "blank";
  row.setAttribute("aria-hidden", "true");
  cell.colSpan = 8;
  row.append(cell);
  return row;
}

// A key or a feed goes to a row wherever it is: it is drawn, with what stands around it.
export function bring(row) {
  if (!row || row.isConnected) return;
  first = Math.max(0, rows().filter(shown).indexOf(row) - AROUND);
  draw();
}

// Where one has scrolled to is drawn, before its blank is reached.
function look() {
  waiting = false;
  if (known.size <= MOST) return;
  const all = rows().filter(shown), top = scroller.getBoundingClientRect().top, sample = all.find((row) => row.isConnected);
  if (sample) height = sample.offsetHeight || height;
  const above = [...table.tBodies].reduce((sum, body) => sum + Math.max(0, Math.min(body.getBoundingClientRect().bottom, top) - body.getBoundingClientRect().top - body.rows[0].offsetHeight), 0);
  const at = Math.floor(above / height), drawnTo = first + MOST;
  if (at < first + AROUND / 2 && first > 0 || at + AROUND > drawnTo && drawnTo < all.length) { first = Math.max(0, at - AROUND); draw(); }
}
scroller.addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(look); } }, { passive: true });
