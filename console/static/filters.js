// What the board shows: one priority, or mine. Emergencies and urgent alerts are shown whatever is chosen.
import { countdown, now } from "./clock.js";

const chip = document.getElementById("filter"), word = document.body.dataset.wHidden;
const table = document.querySelector("table.qt"), more = document.getElementById("more");
const NEVER = new Set(["1", "2"]), MOST_ROWS = 200, MOST_DEVICES = 3;
const watched = document.getElementById("watched"), left = watched.querySelector(".left");
let chosen = "", unfolded = false;

const HIDDEN = ["filtered", "far", "tucked"];
export const isHidden = (row) => HIDDEN.some((kind) => row.classList.contains(kind));

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
    // What is watched rings by itself when its time comes; until then its section says when that is.
    const tucked = row.dataset.section === "watching" && watched.ariaExpanded !== "true" && row.getAttribute("aria-selected") !== "true";
    if (row.classList.contains("tucked") !== tucked) row.classList.toggle("tucked", tucked);
    if (row.classList.contains("filtered") !== out) row.classList.toggle("filtered", out);
    hidden += out;
    const device = !out && !tucked && row.dataset.section === "devices" && !row.classList.contains("folded") && chosen !== "T";
    devices += device;
    const many = drawn >= MOST_ROWS || device && devices > MOST_DEVICES;
    const beyond = !out && !tucked && !unfolded && many && !NEVER.has(row.dataset.p) && row.getAttribute("aria-selected") !== "true";
    if (row.classList.contains("far") !== beyond) row.classList.toggle("far", beyond);
    drawn += !out && !tucked && !beyond;
    far += beyond;
  }
  chip.hidden = !chosen;
  if (chosen) chip.textContent = word.replace("{n}", hidden);
  more.hidden = far === 0;
  if (far) more.textContent = document.body.dataset.wMore.replace("{n}", far);
  table.setAttribute("aria-rowcount", String(rows.length));
}

// The time until the first of them rings again.
export function showWatched(rows) {
  const dues = rows.filter((row) => row.dataset.section === "watching" && row.dataset.due).map((row) => Date.parse(row.dataset.due));
  watched.hidden = !rows.some((row) => row.dataset.section === "watching");
  left.textContent = dues.length ? countdown(Math.min(...dues) - now()) : "";
}

export function listen(redraw) {
  watched.addEventListener("click", () => { watched.ariaExpanded = String(watched.ariaExpanded !== "true"); redraw(); });
  for (const box of document.querySelectorAll("[data-filter]")) box.addEventListener("click", () => { choose(box.dataset.filter); redraw(); });
  chip.addEventListener("click", () => { choose(chosen); redraw(); });
  more.addEventListener("click", () => { unfolded = true; redraw(); });
}
