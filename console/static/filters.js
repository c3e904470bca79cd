// What the board shows: one priority, or mine. Emergencies and urgent alerts are shown whatever is chosen.
const chip = document.getElementById("filter"), word = document.body.dataset.wHidden;
const table = document.querySelector("table.qt"), more = document.getElementById("more");
const NEVER = new Set(["1", "2"]), MOST_ROWS = 200, MOST_DEVICES = 3;
let chosen = "", unfolded = false;

export const isHidden = (row) => row.classList.contains("filtered") || row.classList.contains("far");

const fits = (row) => !chosen || NEVER.has(row.dataset.p) || (chosen === "mine" ? row.dataset.section === "mine" : row.dataset.p === chosen);

export function choose(what) {
  chosen = chosen === what ? "" : what;
  for (const box of document.querySelectorAll("[data-filter]")) box.setAttribute("aria-pressed", String(box.dataset.filter === chosen));
}

// Rows past so many are not drawn until they are asked for; nobody's life hangs on what is folded here.
export function apply(rows) {
  let hidden = 0, drawn = 0, far = 0, devices = 0;
  for (const row of rows) {
    const out = !fits(row);
    if (row.classList.contains("filtered") !== out) row.classList.toggle("filtered", out);
    hidden += out;
    const device = !out && row.dataset.section === "devices" && !row.classList.contains("folded") && chosen !== "T";
    devices += device;
    const many = drawn >= MOST_ROWS || device && devices > MOST_DEVICES;
    const beyond = !out && !unfolded && many && !NEVER.has(row.dataset.p) && row.getAttribute("aria-selected") !== "true";
    if (row.classList.contains("far") !== beyond) row.classList.toggle("far", beyond);
    drawn += !out && !beyond;
    far += beyond;
  }
  chip.hidden = !chosen;
  if (chosen) chip.textContent = word.replace("{n}", hidden);
  more.hidden = far === 0;
  if (far) more.textContent = document.body.dataset.wMore.replace("{n}", far);
  table.setAttribute("aria-rowcount", String(rows.length));
}

export function listen(redraw) {
  for (const box of document.querySelectorAll("[data-filter]")) box.addEventListener("click", () => { choose(box.dataset.filter); redraw(); });
  chip.addEventListener("click", () => { choose(chosen); redraw(); });
  more.addEventListener("click", () => { unfolded = true; redraw(); });
}
